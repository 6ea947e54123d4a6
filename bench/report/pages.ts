/*
 * The blocks of README.md and docs/ that are made of results.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../tools/repository.js'
import type { GroupName } from '../groups/index.js'
import type { Results } from '../harness/results.js'
import { accessBlock } from './access-block.js'
import { browsersBlock } from './browsers-block.js'
import { labelsBlock } from './labels-block.js'
import { replaceBlock } from './markdown.js'
import { monitorBlock } from './monitor-block.js'
import { poolsBlock } from './pools-block.js'
import { cancellingBlock, pollsBlock, requestsBlock } from './requests-blocks.js'
import { summaryBlock } from './summary-block.js'

interface Block {
  readonly page: string
  /** As in its markers: `<!-- bench: name -->` and `<!-- /bench: name -->`. */
  readonly name: string
  /** The group without which it can't be made. */
  readonly group: GroupName
  readonly write: (results: readonly Results[]) => string
}

const BLOCKS: readonly Block[] = [
  { page: 'README.md', name: 'summary', group: 'access', write: summaryBlock },
  { page: 'docs/performance.md', name: 'access', group: 'access', write: accessBlock },
  { page: 'docs/performance.md', name: 'labels', group: 'labels', write: labelsBlock },
  { page: 'docs/performance.md', name: 'requests', group: 'requests', write: requestsBlock },
  { page: 'docs/performance.md', name: 'cancelling', group: 'requests', write: cancellingBlock },
  { page: 'docs/requests.md', name: 'polls', group: 'requests', write: pollsBlock },
  { page: 'docs/monitor.md', name: 'monitor', group: 'monitor', write: monitorBlock },
  { page: 'docs/pool-example.md', name: 'pools', group: 'pools', write: poolsBlock },
  { page: 'docs/performance.md', name: 'browsers', group: 'browsers', write: browsersBlock },
]

/**
 * The pages' new texts, by path. Blocks without results stay as they are.
 * @throws {Error} if a page lacks the markers of a block.
 */
export function updatePages(
  full: readonly Results[],
  browsers: readonly Results[],
): ReadonlyMap<string, string> {
  const pages = new Map<string, string>()
  for (const { page, name, group, write } of BLOCKS) {
    const results = (group === 'browsers' ? browsers : full).filter(({ figures }) =>
      figures.some(figure => figure.group === group),
    )
    if (results.length === 0) continue
    const text = pages.get(page) ?? readFileSync(join(root, page), 'utf8')
    pages.set(page, replaceBlock(page, text, name, write(results)))
  }
  return pages
}
