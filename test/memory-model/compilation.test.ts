// Random programs: whatever a processor shows, ECMAScript must allow, or engines could not compile atomics as they do. For
// Armv8 and mixed sizes, C. Watt and others have proved this ("Repairing and Mechanising the JavaScript Relaxed Memory Model",
// PLDI 2020).
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { randomIntegersFrom } from '../support/random.js'
import { settings } from '../support/settings.js'
import { arm } from './arm.js'
import { ecmascript } from './ecmascript.js'
import {
  atomicLoad,
  atomicStore,
  compareExchange,
  load,
  locationOf,
  type Operation,
  part,
  store,
  type Thread,
  when,
} from './events.js'
import { candidates, type Model } from './executions.js'
import { x86 } from './x86.js'

const SEED = Number(settings.SEED ?? Date.now() % 2 ** 31)
const PROGRAMS = Number(settings.RUNS ?? 150)
const x = locationOf('x', [4], 0)
const wide = locationOf('wide', [4, 4], 0)
const places = [part(x, 0), part(x, 0), part(wide, 0), part(wide, 1), part(wide, 0, 2)]

/** Two threads with three operations each. */
function randomProgram(random: (limit: number) => number): Thread[] {
  let registers = 0
  const pick = <T>(choices: readonly T[]) => choices[random(choices.length)] as T
  const value = () => 1 + random(2)
  const randomOperation = (thread: number): Operation => {
    const place = pick(places)
    const register = `${thread}.${registers++}`
    return pick([
      () => load(place, register),
      () => atomicLoad(place, register),
      () => store(place, value()),
      () => atomicStore(place, value()),
      () => compareExchange(place, random(2), value(), register),
    ])()
  }
  return [0, 1].map((thread): Thread => {
    const first = `first of ${thread}`
    const [second, third] = [randomOperation(thread), randomOperation(thread)]
    const isDependent = random(4) === 0
    return [load(pick(places), first), second, isDependent ? when(first, random(2), third) : third]
  })
}

/** The outcomes that a model allows, as text. */
function outcomesOf(threads: readonly Thread[], model: Model): Set<string> {
  const outcomes = new Set<string>()
  for (const candidate of candidates(threads, {})) {
    const outcome = candidate.events
      .flatMap(({ kind, values }) => (kind === 'read' ? [values.join('+')] : []))
      .join()
    if (!outcomes.has(outcome) && model(candidate)) outcomes.add(outcome)
  }
  return outcomes
}

test('ECMAScript allows what processors show, and Armv8 allows what x86 shows', () => {
  const random = randomIntegersFrom(SEED)
  const more = { arm: 0, ecmascript: 0 }
  for (let program = 0; program < PROGRAMS; program++) {
    const threads = randomProgram(random)
    const [onX86, onArm, inLanguage] = [x86, arm, ecmascript].map(model => outcomesOf(threads, model)) as [
      Set<string>,
      Set<string>,
      Set<string>,
    ]
    const details = `seed ${SEED}, program ${program}: ${JSON.stringify(threads)}`
    assert.equal(
      [...onX86].filter(outcome => !onArm.has(outcome)),
      [],
      details,
    )
    assert.equal(
      [...onArm].filter(outcome => !inLanguage.has(outcome)),
      [],
      details,
    )
    if (onArm.size > onX86.size) more.arm++
    if (inLanguage.size > onArm.size) more.ecmascript++
  }
  assert.ok(more.arm > 0 && more.ecmascript > 0, JSON.stringify(more))
})

test.run()
