// The recipes of docs/pools.md as files: its snippets, and for each pool the code in its row of the page's table. So the
// tests run what users paste.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ThreadValues } from 'threadslots'
import { root } from '../../../tools/repository.js'
import { snippets } from '../../support/snippets.js'
import type { Tasks, TasksSchema } from './recipe-tasks.js'
import type { OwnInput } from './recipe-work.js'

const PAGE = 'docs/pools.md'
/** Inside of this package, where 'threadslots' resolves to the package itself. */
const FOLDER = join(import.meta.dirname, '../../../pool-recipes')

/** A task for `submit`: the page's `primes.js`, or one of the tests' own. */
export interface RecipeTask {
  readonly id: number
  readonly doing: string
  readonly input: { readonly limit: number } | OwnInput
}
/** What `submit` makes of a task. */
export interface Job extends RecipeTask {
  readonly ticket: number
  readonly sentMs: number
}
/** Hands a job to a pool. */
export type Run = (job: Job) => PromiseLike<unknown>

/** What the page's snippets export. */
export interface Recipes {
  readonly tasks: Tasks
  readonly clockMs: () => number
  readonly submit: (run: Run, task: RecipeTask, signal?: AbortSignal) => Promise<unknown>
  readonly threadOf: (id: number) => ThreadValues<TasksSchema> | undefined
}

/** What the page says about one pool. */
export interface PoolRecipe {
  /** The path of the file with the pool's task. */
  readonly file: string
  readonly runOn: (pool: unknown) => Run
  /** Undefined if the pool can't end a thread that runs a task. */
  readonly limitedRunOn: ((pool: unknown, ms: number) => Run) | undefined
  /** The name of a cancelled task's error, and its code if it has one. */
  readonly cancelledError: string
}

/** Writes the page's snippets into a folder, and imports them. */
export async function writeRecipes(): Promise<Recipes> {
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER)
  for (const { page, name, code } of snippets) if (page === PAGE && name) write(name, code)
  const modules = await Promise.all(['tasks.js', 'submit.js'].map(importFile))
  return Object.assign({}, ...modules)
}

/** Writes the code in a pool's row of the page's table into the same folder, and imports what the main thread needs. */
export async function writePoolRecipe(pool: string): Promise<PoolRecipe> {
  const [taskCode, runCode, cancelledError = '', limitedRunCode] = cellsOf(pool)
  const file = write(
    `task-of-${pool}.js`,
    `${importOf(pool)}
import primes from './primes.js'
import { asTask, tasks } from './tasks.js'
import { work } from '${new URL('recipe-work.js', import.meta.url)}'

const own = asTask((input, report) => work(input, report, tasks))
const task = async job => (job.input.limit === undefined ? own(job) : primes(job))
${taskCode}
`,
  )
  const isLimitable = limitedRunCode !== 'none'
  const main = `run-of-${pool}.js`
  write(
    main,
    `export const runOn = pool => ${runCode}
export const limitedRunOn = ${isLimitable ? `(pool, ms) => ${limitedRunCode}` : undefined}
`,
  )
  return { file, cancelledError, ...((await importFile(main)) as Pick<PoolRecipe, 'runOn' | 'limitedRunOn'>) }
}

function write(name: string, code: string): string {
  const path = join(FOLDER, name)
  writeFileSync(path, code)
  return path
}

const importFile = (name: string): Promise<object> => import(pathToFileURL(join(FOLDER, name)).href)

/** The cells of a pool's row, without the first one, and without the marks of code. */
function cellsOf(pool: string): string[] {
  const lines = readFileSync(join(root, PAGE), 'utf8').split('\n')
  const rows = lines.slice(lines.findIndex(line => line.startsWith("| pool | the task's file |")) + 2)
  for (const row of rows) {
    const [pools = '', ...cells] = row.slice(2, -2).split(' | ')
    if (pools.split(', ').includes(pool)) return cells.map(cell => cell.replaceAll('`', ''))
  }
  throw new Error(`${PAGE} has no row for ${pool}`)
}

/** How the task's file on the page imports the pool's library; piscina and tinypool need no import there. */
const importOf = (pool: string): string =>
  snippets
    .find(({ page, name }) => page === PAGE && name === `${pool}-task.js`)
    ?.code.match(new RegExp(`^import .* from '${pool}(/worker)?'$`, 'm'))?.[0] ?? ''
