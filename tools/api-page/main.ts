// Writes docs/api.md from the declarations in dist/.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../repository.js'
import { API_PAGE, makePage } from './page.js'

writeFileSync(join(root, API_PAGE), makePage(root))
console.log(`wrote ${API_PAGE}`)
