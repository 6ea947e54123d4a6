/*
 * What the benchmark of the monitor compares.
 */

// While a worker counts:
export const NO_MONITOR = 'no monitor'
export const IDLE = 'a monitor that nobody asks'
export const SCRAPED = 'a monitor that is scraped ten times per second'

// Processes that start:
export const PLAIN_START = 'node app.js'
export const MONITORED_START = 'node --import threadslots/monitor/auto app.js'

// Memory:
export const IDLE_MEMORY = 'the monitor, before anybody asks'
export const SCRAPED_MEMORY = 'the monitor, after 100 readings'
