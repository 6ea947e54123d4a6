export { exiting as default } from './tasks.js'
