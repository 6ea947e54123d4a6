/*
 * One scenario, in this process and in no other: `child.js <group> <scenario's position> <milliseconds>` prints what was
 * measured as one line of JSON.
 */
import { GROUP_NAMES, loadGroup } from '../groups/index.js'
import type { ScenarioReport } from '../report/results.js'
import { Meter } from './meter.js'

const [name = '', position = '', milliseconds = ''] = process.argv.slice(2)
const group = await loadGroup(name)
const scenario = group.scenarios[Number(position)]
if (!scenario) throw new Error(`no scenario ${position} in ${name}; the groups are ${GROUP_NAMES}`)
const meter = new Meter(Number(milliseconds))
await scenario.measure(meter)
const { measurements, omissions } = meter
const report: ScenarioReport = { measurements, omissions }
process.stdout.write(`${JSON.stringify(report)}\n`)
