// threadslots/top: how numbers, vectors, bytes and text are shown, at the limits of each form.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { barChart, bytesText, decimalsFor, fullNumber, shortNumber } from '../../src/top/format.js'
import { alignText, printable, truncate, widthOf } from '../../src/top/text.js'

test('bytes are shown as up to 12 pairs of hexadecimal digits', () => {
  for (const length of [0, 1, 11, 12]) {
    assert.is(bytesText(new Uint8Array(length).fill(171)), 'ab'.repeat(length), `${length} bytes`)
  }
  for (const length of [13, 14, 100]) {
    assert.is(bytesText(new Uint8Array(length).fill(171)), `${'ab'.repeat(12)}…`, `${length} bytes`)
  }
  assert.is(bytesText(Uint8Array.of(0xff, 0, 1, 0)), 'ff000100')
})

test('full numbers use powers of ten below 0.00001 and from 10²¹ upwards', () => {
  const cases: [value: number | bigint, decimals: number, text: string][] = [
    [1e-5, 6, '0.000010'],
    [-1e-5, 6, '-0.000010'],
    [9.99e-6, 6, '9.990e-6'],
    [5e-6, 6, '5.000e-6'],
    [1e-6, 6, '1.000e-6'],
    [-5e-6, 1, '-5.000e-6'],
    [0, 6, '0.000000'],
    // Without decimals, all values are whole; only a rate of 0.4 or less could be this small, and it has
    // decimals.
    [5e-6, 0, '0'],
    [999_999_999_999_999_900_000, 0, '999,999,999,999,999,900,000'],
    [1e21, 0, '1.000e+21'],
    [-1e21, 0, '-1.000e+21'],
    [10n ** 22n, 0, '10,000,000,000,000,000,000,000'],
    [-Infinity, 0, '-∞'],
  ]
  for (const [value, decimals, text] of cases) assert.is(fullNumber(value, decimals), text, `${value}`)
})

test('short numbers change form at 0.001, 10,000 and 10²¹', () => {
  const cases: [value: number | bigint, text: string][] = [
    [9999, '9,999'],
    [-9999, '-9,999'],
    [9999.9, '10.00k'],
    [10_001, '10.00k'],
    [999.9, '999.9'],
    [1000.5, '1.000k'],
    [0.001, '0.001000'],
    [0.00099, '9.9e-4'],
    [-0.00099, '-9.9e-4'],
    [0.0625, '0.06250'],
    [1e6, '1.000M'],
    [999_999_999_999_999_900_000, '1000E'],
    [1e21, '1.0e+21'],
    [-Infinity, '-Infinity'],
    [10_000n, '10.00k'],
  ]
  for (const [value, text] of cases) assert.is(shortNumber(value), text, `${value}`)
})

test('fractions have five digits, at least one decimal, and at most six', () => {
  const cases: [values: unknown[], decimals: number][] = [
    [[], 0],
    [[1, 2n, undefined, 'text', Infinity, Number.NaN], 0],
    [[0.5], 5],
    [[1.5], 4],
    [[9.5], 4],
    [[10.5], 3],
    [[1000.5], 1],
    [[1e9 + 0.5], 1],
    [[0.09], 6],
    [[1e-9], 6],
    // The largest fraction decides. Whole numbers don't count, however large.
    [[0.5, -12.5, 1_000_000], 3],
    [[0.5, Number.NaN], 5],
  ]
  for (const [values, decimals] of cases) assert.is(decimalsFor(values), decimals, values.join(' '))
})

test('up to 16 numbers have a bar each; of more, each bar shows the largest of several neighbours', () => {
  const rising = (length: number) => Array.from({ length }, (_, i) => i)
  for (const [length, bars] of [
    [1, 1],
    [15, 15],
    [16, 16],
    [17, 9],
    [32, 16],
    [33, 11],
  ] as const) {
    assert.is(barChart(rising(length)).length, bars, `${length} numbers`)
  }
  const peak = rising(17).map(i => (i === 3 ? 7 : 0))
  assert.is(barChart(peak), '▁█▁▁▁▁▁▁▁')
  assert.is(barChart([7, 1]), '█▂')
  assert.is(barChart([-7, -1]), '▁▇')
  assert.is(barChart([Number.NaN, Infinity, 1]), '▁▁█')
})

test('text is truncated between whole characters, to exactly the width', () => {
  const cases: [text: string, width: number, shown: string][] = [
    ['abc', 3, 'abc'],
    ['abc', 2, 'a…'],
    ['abc', 1, '…'],
    ['漢字', 4, '漢字'],
    ['漢字', 3, '漢…'],
    ['漢字', 2, '…'],
    ['e\u0301e\u0301e\u0301', 2, 'e\u0301…'],
    ['👍🏽👍🏽', 3, '👍🏽…'],
  ]
  for (const [text, width, shown] of cases) {
    assert.is(truncate(text, width), shown)
    for (const align of ['left', 'right'] as const) assert.is(widthOf(alignText(text, width, align)), width)
  }
  assert.is(alignText('ab', 4, 'left'), 'ab  ')
  assert.is(alignText('ab', 4, 'right'), '  ab')
})

test('invisible characters become question marks, joiners stay', () => {
  assert.is(printable('a\0b\x1bc\u2028d\u2029e\ud800f\u00adg'), 'a?b?c?d?e?f?g')
  assert.is(printable('\u200c\u200d'), '\u200c\u200d')
  assert.is(printable('\u200b\u200e'), '??')
})

test.run()
