// Imported before the package: counts what it asks of the browser's locks.
export const asked: { requests: string[]; queries: number } = { requests: [], queries: 0 }

const { locks } = navigator
const [request, query] = [locks.request.bind(locks), locks.query.bind(locks)]
Object.assign(locks, {
  request: (...args: Parameters<typeof request>) => {
    asked.requests.push(args[0])
    return request(...args)
  },
  query: () => {
    asked.queries++
    return query()
  },
})
