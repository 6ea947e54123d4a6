export { plain as default } from './tasks.js'
