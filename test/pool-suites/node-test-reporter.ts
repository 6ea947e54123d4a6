// A reporter for node:test: one line of JSON for each test, without the suites, which pass if their tests do.
import type { TestEvent } from 'node:test/reporters'
import type { NodeTestLine, Outcome } from './test-results.js'

export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  /** The names of the test that is being reported, and of the suites around it. */
  const names: string[] = []
  for await (const { type, data } of events) {
    if (type === 'test:start') names.splice(data.nesting, names.length, data.name)
    if (type !== 'test:pass' && type !== 'test:fail') continue
    if (data.details.type === 'suite') continue
    const line: NodeTestLine = {
      file: data.file ?? '',
      names: [...names.slice(0, data.nesting), data.name],
      outcome: outcomeOf(type, data),
    }
    yield `${JSON.stringify(line)}\n`
  }
}

function outcomeOf(type: 'test:pass' | 'test:fail', data: { skip?: unknown; todo?: unknown }): Outcome {
  if (data.skip !== undefined || data.todo !== undefined) return 'skipped'
  return type === 'test:pass' ? 'passed' : 'failed'
}
