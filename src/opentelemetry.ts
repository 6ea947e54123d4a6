export * from './metrics/opentelemetry.js'
