// For piscina and tinypool.
export { doTask as default } from './task.js'
