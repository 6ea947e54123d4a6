// How many bytes each entry of the package may have: minified and gzipped, as a user's bundler makes it of dist/. What
// it imports does not count: the core, and what an adapter adapts to. `npm run size` prints what they have.
import { readFileSync } from 'node:fs'

const LIMITS = {
  '.': 6000,
  './browser': 2500,
  './histogram': 1500,
  './prom-client': 3400,
  './opentelemetry': 3600,
  './top': 8500,
}

const manifest = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))

/** A check for each entry; there is none without a limit, and no limit without an entry. */
export function checksOf({ name, exports }, limits) {
  const modules = Object.entries(exports).filter(([entry]) => entry !== './package.json')
  const unknown = Object.keys(limits).filter(entry => !(entry in exports))
  if (unknown.length > 0)
    throw new Error(`.size-limit.mjs limits what package.json does not export: ${unknown}`)
  return modules.map(([entry, { default: file }]) => {
    const limit = limits[entry]
    if (limit === undefined) throw new Error(`${entry} has no size limit; give it one in .size-limit.mjs`)
    return {
      name: name + entry.slice(1),
      path: file.replace('dist', 'build/minified'),
      limit: `${limit} B`,
      gzip: true,
    }
  })
}

export default checksOf(manifest, LIMITS)
