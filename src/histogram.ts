export * from './kinds/histogram.js'
