// The client declares the types of its main module only. The monitor contains just the registry, which needs none of the rest.
declare module '@prometheus-io/client/lib/registry.js' {
  export { Registry as default } from '@prometheus-io/client'
}
