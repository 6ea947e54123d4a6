// The recipes of docs/pools.md, with each pool.
import { monitor } from 'threadslots/monitor'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { writeRecipes } from './pools/recipe-files.js'
import { recipeLibraries } from './pools/recipe-libraries.js'
import { testRecipes } from './pools/recipe-tests.js'
import { testThreads } from './pools/recipe-thread-tests.js'
import { trackWorkers } from './pools/worker-tracker.js'

const warnings: string[] = []
process.on('warning', warning => warnings.push(String(warning)))
const workers = trackWorkers()
const recipes = await writeRecipes()
const { url, stop } = await monitor({ port: 0 })

for (const library of recipeLibraries) {
  testRecipes(library, recipes, workers, url)
  testThreads(library, recipes, workers)
}

test('there was no warning', () => {
  assert.equal(warnings, [])
})

test.after(stop)

test.run()
