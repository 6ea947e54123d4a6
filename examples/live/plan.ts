/*
 * The work: one job for each file and each pass over the folder.
 */
import type { TextFile } from './files.js'

export interface Plan {
  /** In the order in which they are counted. */
  readonly files: readonly TextFile[]
  readonly passes: number
}

export const jobsOf = ({ files, passes }: Plan): number => files.length * passes

export const fileOf = ({ files }: Plan, job: number): TextFile => files[job % files.length] as TextFile

export const bytesOf = ({ files, passes }: Plan): number =>
  files.reduce((sum, { bytes }) => sum + bytes, 0) * passes
