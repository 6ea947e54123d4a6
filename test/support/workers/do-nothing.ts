// A worker that doesn't know threadslots.
export {}
