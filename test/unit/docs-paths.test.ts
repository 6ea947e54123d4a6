// Documents name files. A file that moves must move there, too.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { root } from '../../tools/repository.js'

const inDocs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter(path => path.endsWith('.md'))
  .map(path => join('docs', path))
const documents = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', ...inDocs]

/** Documents whose code spans name files of this repository. In the others, `src/main.js` may be a user's file. */
const aboutThisRepository = documents.filter(
  path => path === 'CONTRIBUTING.md' || path === 'docs/architecture.md' || path.startsWith('docs/decisions/'),
)

const withoutCode = (text: string): string => text.replace(/^```[\s\S]*?^```$/gm, '')

for (const document of documents) {
  const text = withoutCode(readFileSync(join(root, document), 'utf8'))

  test(`the files that ${document} links to exist`, () => {
    const targets = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
      .map(([, target = '']) => target)
      .filter(target => !/^[a-z]+:/.test(target))
    assert.equal(
      targets.filter(target => !existsSync(join(root, dirname(document), target))),
      [],
    )
  })
}

for (const document of aboutThisRepository) {
  test(`the files that ${document} names in code spans exist`, () => {
    const text = withoutCode(readFileSync(join(root, document), 'utf8'))
    // `src/memory/layout.ts`, `test/unit/`; not a pattern such as `src/<entry>.ts`.
    const paths = [
      ...text.matchAll(/`((?:src|test|bench|tools|examples|docs|\.github|\.ci)\/[\w./-]*)`/g),
    ].map(([, path = '']) => path)
    assert.equal(
      paths.filter(path => !existsSync(join(root, path))),
      [],
    )
  })
}

test.run()
