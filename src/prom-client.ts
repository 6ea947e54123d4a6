export * from './metrics/prom-client.js'
