// Whether docs/testing.md names what the other files here try.
import { test } from 'uvu'
import { runners } from './install.js'
import { found } from './page.js'

for (const [title, version] of runners) {
  const [major] = version.split('.')
  test(`docs/testing.md says that it was tried with ${title} ${major}`, () => {
    found(new RegExp(`\\b(${title} ${major})\\b`))
  })
}

test.run()
