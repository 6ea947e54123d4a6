// One operation of one thread, on the table and on the model: done, refused, or cut off by the thread's end.
import * as assert from 'uvu/assert'
import { as, throws, unchanged } from '../../support/helpers.js'
import { compare, type Real, type Thread } from './compare.js'
import { crashes } from './crash.js'
import { die, type Life, type Model, type Refusal, running } from './model.js'

export type Effect = (model: Model, life: Life) => void

export interface Operation {
  readonly run: (thread: Thread) => void
  /** What it must throw instead. */
  readonly refusal?: Refusal | undefined
  /** What has happened once the thread knows that it is done. */
  readonly effect?: Effect
  /** What may have happened if the thread ends in the middle, besides nothing at all. */
  readonly partials?: readonly Effect[]
}

/** Threads come and go, and none has the id of an earlier one: they are called by the lane in which they follow each other. */
export const LANES = 'ABCDE'
const LIVES_PER_LANE = 1000
/** In whose lane a thread's parent is: the one that has a row there when it starts, if any. */
const PARENTS: { readonly [lane: string]: string } = { B: 'A', C: 'B', E: 'D' }

const livesIn = ({ lives }: Model, lane: string): Life[] =>
  lives.filter(({ threadId }) => LANES[Math.floor(threadId / LIVES_PER_LANE)] === lane)

export const runningIn = (model: Model, lane: string): Life | undefined =>
  livesIn(model, lane).find(life => life.status === 'running')

/** The one in a lane to be released: of the dead the first, else the running one, which dies now. */
export const mortalIn = (model: Model, lane: string): Life | undefined =>
  livesIn(model, lane).find(life => life.status === 'dead') ?? runningIn(model, lane)

export function start(model: Model, real: Real, lane: string): Life {
  const mother = runningIn(model, PARENTS[lane] ?? '')
  const parent = mother?.rowId === undefined ? -1 : mother.threadId
  const threadId = LIVES_PER_LANE * LANES.indexOf(lane) + livesIn(model, lane).length + 1
  const life: Life = {
    threadId,
    parent,
    status: 'running',
    rowId: undefined,
    hasRecord: false,
    asked: new Set(),
    slots: new Map(),
    used: new Set(),
  }
  model.lives.push(life)
  const table = as(real.supervisor, threadId, parent)
  real.threads.set(threadId, { table, row: undefined, accessors: new Map() })
  return life
}

export const isRunning = (model: Model, { threadId }: Life): boolean =>
  running(model).some(life => life.threadId === threadId)

const lifeOf = (model: Model, { threadId }: Life): Life =>
  model.lives.find(life => life.threadId === threadId) as Life

/** Of all that may have happened, what did: from now on the model is that. */
function learn(model: Model, real: Real, actor: Life, partials: readonly Effect[]): void {
  const problems: unknown[] = []
  for (const effect of [() => {}, ...partials]) {
    const candidate = structuredClone(model)
    effect(candidate, lifeOf(candidate, actor))
    try {
      compare(candidate, real)
      Object.assign(model, candidate)
      return
    } catch (problem) {
      problems.push(problem)
    }
  }
  throw new Error(`a crash left what no part of the operation explains:\n${problems.join('\n')}`)
}

/** @param moment when the thread ends in the middle of it, if the operation takes that long. */
export function perform(
  model: Model,
  real: Real,
  actor: Life,
  { run, refusal, effect, partials = [] }: Operation,
  moment?: number,
): void {
  const thread = real.threads.get(actor.threadId) as Thread
  const assertUnchanged = unchanged(real.supervisor.buffer)
  let hasCrashed = false
  const tryToRun = () => {
    if (moment === undefined) run(thread)
    else hasCrashed = crashes(() => run(thread), moment)
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
    learn(model, real, actor, refusal ? [] : partials)
    return
  }
  if (!refusal) effect?.(model, actor)
  compare(model, real)
}

/** All subsets of a list that keep a rule; small lists only. */
export function subsets<T>(list: readonly T[], isAllowed: (subset: readonly T[]) => boolean): T[][] {
  assert.ok(list.length < 16)
  return Array.from({ length: 2 ** list.length }, (_, mask) => list.filter((_, i) => (mask >> i) & 1)).filter(
    isAllowed,
  )
}
