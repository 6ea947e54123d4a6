// Doesn't use threadslots.
export {}
