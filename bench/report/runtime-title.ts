import type { Runtime } from '../harness/results.js'

const NAMES: { readonly [N in Runtime['name']]: string } = {
  node: 'Node',
  bun: 'Bun',
  deno: 'Deno',
  chromium: 'Chromium',
  firefox: 'Firefox',
  webkit: 'WebKitGTK',
}
/** The runtimes whose releases differ in the second number of their version. */
const WITH_MINOR_VERSION: readonly Runtime['name'][] = ['bun', 'deno', 'webkit']

/** A runtime's name and version for headings: 'Node 24', 'Bun 1.3'. */
export function runtimeTitle({ name, version }: Runtime): string {
  const numbers = version.split('.').slice(0, WITH_MINOR_VERSION.includes(name) ? 2 : 1)
  return `${NAMES[name]} ${numbers.join('.')}`
}
