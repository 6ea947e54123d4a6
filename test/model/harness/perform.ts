// Runs one operation of one thread on the table and on the model. It is done, refused, or cut off by a crash.
import * as assert from 'uvu/assert'
import { asThread } from '../../support/as-thread.js'
import { rememberBytes, throws } from '../../support/assertions.js'
import { compare, type Real, type ThreadObjects } from './compare.js'
import { runToCrash } from './crash.js'
import { die, type Model, type ModelThread, type Refusal, running } from './model.js'

export type Effect = (model: Model, thread: ModelThread) => void

export interface Operation {
  readonly run: (objects: ThreadObjects) => void
  /** The error that it must throw, if it must fail. */
  readonly refusal?: Refusal | undefined
  /** What has happened when the operation returns. */
  readonly effect?: Effect
  /** What may have happened if the thread crashes in the middle, other than nothing at all. */
  readonly partials?: readonly Effect[]
}

/**
 * Commands name threads by lanes. Threads follow each other in a lane, one at a time, and each has an id that no thread
 * had before it. So a command makes sense whatever came before it, and a list of commands can be shortened anywhere.
 */
export const LANES = 'ABCDE'
const THREADS_PER_LANE = 1000
/** The lane of a thread's parent: the thread that has a row there when it starts, if any. */
const PARENTS: { readonly [lane: string]: string } = { B: 'A', C: 'B', E: 'D' }

const threadsIn = ({ threads }: Model, lane: string): ModelThread[] =>
  threads.filter(({ threadId }) => LANES[Math.floor(threadId / THREADS_PER_LANE)] === lane)

export const runningIn = (model: Model, lane: string): ModelThread | undefined =>
  threadsIn(model, lane).find(thread => thread.status === 'running')

/** The thread in a lane that is to be released next: the first dead one, or else the running one, which dies now. */
export const threadToReleaseIn = (model: Model, lane: string): ModelThread | undefined =>
  threadsIn(model, lane).find(thread => thread.status === 'dead') ?? runningIn(model, lane)

export function start(model: Model, real: Real, lane: string): ModelThread {
  const parent = runningIn(model, PARENTS[lane] ?? '')
  const parentThreadId = parent?.rowId === undefined ? -1 : parent.threadId
  const threadId = THREADS_PER_LANE * LANES.indexOf(lane) + threadsIn(model, lane).length + 1
  const thread: ModelThread = {
    threadId,
    parentThreadId,
    status: 'running',
    rowId: undefined,
    name: '',
    ownsRecord: false,
    requestedKeys: new Set(),
    slots: new Map(),
    used: new Set(),
  }
  model.threads.push(thread)
  const table = asThread(real.supervisor, threadId, parentThreadId)
  real.threads.set(threadId, { table, row: undefined, accessors: new Map() })
  return thread
}

export const isRunning = (model: Model, { threadId }: ModelThread): boolean =>
  running(model).some(thread => thread.threadId === threadId)

const sameThreadIn = (model: Model, { threadId }: ModelThread): ModelThread =>
  model.threads.find(thread => thread.threadId === threadId) as ModelThread

/** Finds out which of the possible effects a crashed operation had, and updates the model accordingly. */
function adoptOutcomeOfCrash(
  model: Model,
  real: Real,
  actor: ModelThread,
  partials: readonly Effect[],
): void {
  const problems: unknown[] = []
  for (const effect of [() => {}, ...partials]) {
    const candidate = structuredClone(model)
    effect(candidate, sameThreadIn(candidate, actor))
    try {
      compare(candidate, real)
      Object.assign(model, candidate)
      return
    } catch (problem) {
      problems.push(problem)
    }
  }
  throw new Error(`no part of the operation explains what the crash left:\n${problems.join('\n')}`)
}

/** @param crashPoint where the thread crashes in the middle, if the operation gets that far. */
export function perform(
  model: Model,
  real: Real,
  actor: ModelThread,
  { run, refusal, effect, partials = [] }: Operation,
  crashPoint?: number,
): void {
  const objects = real.threads.get(actor.threadId) as ThreadObjects
  const assertUnchanged = rememberBytes(real.supervisor.buffer)
  let hasCrashed = false
  const tryToRun = () => {
    if (crashPoint === undefined) run(objects)
    else hasCrashed = runToCrash(() => run(objects), crashPoint)
  }
  if (!refusal) tryToRun()
  else {
    let outcome: unknown
    try {
      tryToRun()
    } catch (error) {
      outcome = error
    }
    if (!hasCrashed) {
      throws(
        () => {
          if (outcome) throw outcome
        },
        refusal.Kind,
        refusal.words,
      )
      assertUnchanged('a refused operation')
    }
  }
  if (hasCrashed) {
    die(model, actor.threadId)
    adoptOutcomeOfCrash(model, real, actor, refusal ? [] : partials)
    return
  }
  if (!refusal) effect?.(model, actor)
  compare(model, real)
}

/** All subsets of a short list that obey a rule. */
export function subsets<T>(list: readonly T[], isAllowed: (subset: readonly T[]) => boolean): T[][] {
  assert.ok(list.length < 16)
  return Array.from({ length: 2 ** list.length }, (_, mask) => list.filter((_, i) => (mask >> i) & 1)).filter(
    isAllowed,
  )
}
