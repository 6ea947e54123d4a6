// The protocol's critical shapes under the models of processors and of ECMAScript.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { arm } from './arm.js'
import { ecmascript } from './ecmascript.js'
import { isPossible } from './executions.js'
import { shapes } from './shapes.js'
import { x86 } from './x86.js'

for (const { name, never, forbidden, possible, needs, threads } of shapes) {
  const complete = threads(() => true)

  for (const [processor, model] of Object.entries({ 'x86-TSO': x86, Armv8: arm })) {
    test(`${name}: ${processor} never shows ${never}`, () => {
      assert.equal(
        forbidden.filter(outcome => isPossible(complete, outcome, model)),
        [],
      )
    })
  }

  test(`${name}: what should happen can happen`, () => {
    for (const [language, model] of Object.entries({ 'x86-TSO': x86, Armv8: arm, ECMAScript: ecmascript })) {
      const missing = possible.filter(outcome => !isPossible(complete, outcome, model))
      assert.equal(missing, [], language)
    }
  })

  for (const need of needs) {
    test(`${name}: Armv8 needs ${need}`, () => {
      const incomplete = threads(other => other !== need)
      assert.ok(forbidden.some(outcome => isPossible(incomplete, outcome, arm)))
    })
  }
}

test.run()
