// docs/api.md is written from the doc comments. This fails when somebody changed one and not the other.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { API_PAGE, COMMAND, makePage } from '../../tools/api-page/page.js'
import { root } from '../../tools/repository.js'

test('docs/api.md says what the doc comments say', () => {
  const written = readFileSync(join(root, API_PAGE), 'utf8').split('\n')
  const made = makePage(root).split('\n')
  const stale = made.findIndex((line, i) => line !== written[i])
  const isStale = stale >= 0 || made.length !== written.length
  assert.not(isStale, `${API_PAGE} is stale from line ${stale + 1} on; run ${COMMAND}`)
})

test('docs/api.md links to headings that it has', () => {
  const page = readFileSync(join(root, API_PAGE), 'utf8')
  const counts = new Map<string, number>()
  const anchors = new Set(
    [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => {
      const slug = heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-')
      const count = counts.get(slug) ?? 0
      counts.set(slug, count + 1)
      return count === 0 ? slug : `${slug}-${count}`
    }),
  )
  const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor)
  assert.ok(links.length > 50, `${links.length} links`)
  assert.equal(
    links.filter(anchor => !anchors.has(anchor)),
    [],
  )
})

test.run()
