// The file that piscina and tinypool load: its default export is the task.
export { doTask as default } from './task.js'
