/*
 * The requests that the group `labels` counts, the same in each process.
 */

export interface Request {
  readonly method: string
  readonly route: string
  readonly status: number
}

/** The labels by which requests are counted. */
export type Labels = 'method, status' | 'method, route, status'

const METHODS = ['GET', 'POST', 'PUT', 'DELETE']
const STATUSES = [200, 201, 404, 500]
const ROUTES = 200

/** A whole number from 0 below `length`. Irrational steps give all of them equally often, in an order that is hard to predict. */
const pick = (i: number, step: number, length: number): number => Math.floor(((i * step) % 1) * length)

/**
 * 16 label sets of two labels. With three labels there are 800, because each route has one method. The number of requests is
 * a power of two, so that a mask can replace the remainder.
 */
export const REQUESTS: readonly Request[] = Array.from({ length: 4096 }, (_, i) => {
  const route = pick(i, Math.SQRT2, ROUTES)
  return {
    method: METHODS[route % METHODS.length] as string,
    route: `/items/${route}`,
    status: STATUSES[pick(i, Math.sqrt(5), STATUSES.length)] as number,
  }
})
export const MASK: number = REQUESTS.length - 1
