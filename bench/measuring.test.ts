import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Contender, Meter } from './harness/meter.js'
import { median } from './harness/statistics.js'
import { type RoundMeasurement, summarise } from './harness/summarise.js'

/** A contender that counts its repetitions, and reports that count times `factor` as its result. */
function counting(name: string, factor = 1): Contender & { readonly batches: number[]; prepared: number } {
  let count = 0
  return {
    name,
    batches: [] as number[],
    prepared: 0,
    prepare() {
      count = 0
      this.prepared++
    },
    run(times) {
      for (let i = 0; i < times; i++) count++
      this.batches.push(times)
    },
    result: () => count * factor,
  }
}

test('contenders with different results are not timed', () => {
  const meter = new Meter(1)
  assert.throws(
    () => meter.race([counting('honest'), counting('cheat', 2)]),
    /cheat has the result 20000, but honest has 10000|honest has the result 10000, but cheat has 20000/,
  )
  assert.equal(meter.measurements, [])
})

test('a contender without a result is timed, but not compared', () => {
  const meter = new Meter(1)
  meter.race([counting('honest'), counting('nothing', Number.NaN)])
  assert.equal(meter.measurements.map(({ contender }) => contender).sort(), ['honest', 'nothing'])
})

test('a sample is the mean of a power of ten of operations that took at least 50 µs, and each sample is prepared', () => {
  const meter = new Meter(5)
  const contender = counting('fast')
  meter.race([contender])
  const [measured] = meter.measurements
  assert.ok(measured)
  assert.ok([1e4, 1e5, 1e6].includes(measured.operations), `${measured.operations}`)
  assert.is(contender.batches.at(-1), measured.operations)
  assert.is(contender.prepared, contender.batches.length)
  assert.ok(measured.samples.length >= 3)
  assert.equal(
    measured.samples,
    [...measured.samples].sort((a, b) => a - b),
  )
  // In ns for one operation: no machine adds in less than 0.01 ns or more than 1 µs.
  for (const sample of measured.samples) assert.ok(sample > 0.01 && sample < 1000, `${sample}`)
})

test('a sample takes at least the given time, so that a coarse clock can measure it', () => {
  const meter = new Meter(5, 3)
  meter.race([counting('fast')])
  const [measured] = meter.measurements
  assert.ok(measured)
  assert.ok((median(measured.samples) * measured.operations) / 1e6 >= 3)
})

test('a contender that can not be made is left out, with the reason', async () => {
  const meter = new Meter(1)
  const makers = [
    (type: string) => `made of ${type}`,
    function missing(): string {
      throw new Error('not here')
    },
  ]
  assert.equal(await meter.makeAvailable(makers, 'u32'), ['made of u32'])
  assert.equal(meter.omissions, [{ contender: 'missing', reason: 'Error: not here' }])
})

test('of contenders that share a function, one is timed alone and compared with the others afterwards', () => {
  const meter = new Meter(1)
  const contenders = [counting('first'), counting('alone'), counting('last')]
  meter.timeAlone(contenders, 'alone')
  assert.equal(
    meter.measurements.map(({ contender }) => contender),
    ['alone'],
  )
  assert.equal(
    contenders.map(({ batches }) => batches.length === 1),
    [true, false, true],
  )
  assert.throws(
    () => meter.timeAlone([counting('honest'), counting('cheat', 2)], 'honest'),
    'cheat has the result',
  )
  assert.throws(() => meter.timeAlone(contenders, 'nobody'), 'nobody')
})

const measurement = (contender: string, round: number, samples: number[]): RoundMeasurement => ({
  group: 'g',
  table: 't',
  column: 'c',
  contender,
  unit: 'ns',
  operations: 10,
  round,
  samples,
})

test('the samples of all rounds are pooled, and each round keeps its median', () => {
  const [figure, other, ...more] = summarise([
    measurement('b', 0, [7]),
    { ...measurement('a', 1, [10, 20, 30]), operations: 100 },
    measurement('a', 0, [1, 2, 3]),
  ])
  assert.equal(more, [])
  assert.is(other?.median, 7)
  const { median, low, high, least, samples, operations, rounds } = figure as NonNullable<typeof figure>
  assert.equal(
    { median, low, high, least, samples, operations, rounds },
    {
      median: 6.5,
      low: 2.25,
      high: 17.5,
      least: 1,
      samples: 6,
      operations: [10, 100],
      rounds: [2, 20],
    },
  )
})

test('a figure about a whole distribution keeps every sample, and has the percentiles of all rounds', () => {
  const meter = new Meter(1)
  const numbers = Array.from({ length: 1000 }, (_, i) => 1000 - i)
  meter.record('all', 'ns', numbers, { column: 'time', isDistribution: true })
  meter.record('some', 'ns', numbers)
  const [all, some] = meter.measurements
  assert.equal(all?.samples, numbers.reverse())
  assert.ok((some?.samples.length as number) < 1000)

  const [figure, other] = summarise([
    { ...measurement('a', 0, [30, 10, 20]), isDistribution: true },
    { ...measurement('a', 1, [50, 40]), isDistribution: true },
    measurement('b', 0, [1, 2]),
  ])
  assert.is(figure?.percentiles?.length, 101)
  assert.equal(
    [0, 25, 50, 90, 100].map(percent => figure?.percentiles?.[percent]),
    [10, 20, 30, 46, 50],
  )
  assert.is(other?.percentiles, undefined)
})

test.run()
