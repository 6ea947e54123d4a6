export * from './top/top.js'
