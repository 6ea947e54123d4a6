/*
 * The groups by name. Each is loaded only when it is needed, so that a process that measures one has not run
 * any code of the others.
 */
import type { Group } from '../harness/group.js'

export const GROUP_NAMES = [
  'access',
  'mixed',
  'workload',
  'contention',
  'reading',
  'histogram',
  'labels',
  'requests',
  'lifecycle',
  'monitor',
  'pools',
  'elsewhere',
  'browsers',
] as const
export type GroupName = (typeof GROUP_NAMES)[number]

export async function loadGroup(name: string): Promise<Group> {
  const module: { group: Group } = await import(`./${name}.js`)
  return module.group
}
