/** A schema with scalars and vectors of every type and every fold. */
export const mixedSchema = {
  images: 'u32',
  bytes: 'f64',
  slowest: { type: 'f64', fold: 'max' },
  least: { type: 'i32', fold: 'min' },
  ids: 'i64',
  marks: { type: 'u64', fold: 'max' },
  depth: { type: 'i32', fold: 'none' },
  sizes: { type: 'u32', length: 3 },
  peaks: { type: 'f32', fold: 'max', length: 2 },
  sums: { type: 'i64', length: 2 },
  tag: { type: 'u8', length: 4 },
} as const
