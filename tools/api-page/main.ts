// Writes docs/api.md from the declarations in dist/.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { API_PAGE, makePage } from './page.js'

const root = join(import.meta.dirname, '../../..')
writeFileSync(join(root, API_PAGE), makePage(root))
console.log(`wrote ${API_PAGE}`)
