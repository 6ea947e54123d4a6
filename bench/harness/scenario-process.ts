/*
 * Measures one scenario in this process: `scenario-process.js <group> <position of the scenario>
 * <milliseconds>`. Prints its report as one line of JSON.
 */
import { GROUP_NAMES, loadGroup } from '../groups/index.js'
import { Meter } from './meter.js'
import type { ScenarioReport } from './results.js'

const [name = '', position = '', milliseconds = ''] = process.argv.slice(2)
const group = await loadGroup(name)
const scenario = group.scenarios[Number(position)]
if (!scenario) throw new Error(`no scenario ${position} in ${name}; the groups are ${GROUP_NAMES}`)
const meter = new Meter(Number(milliseconds))
await scenario.measure(meter)
const { measurements, omissions } = meter
const report: ScenarioReport = { measurements, omissions }
// Explicitly, because a contender may have left threads that would keep this process alive.
process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit())
