// Imported before the package, records what the package asks of the browser's Web Locks.
export const recorded: { requests: string[]; queries: number } = { requests: [], queries: 0 }

const { locks } = navigator
const [request, query] = [locks.request.bind(locks), locks.query.bind(locks)]
Object.assign(locks, {
  request: (...args: Parameters<typeof request>) => {
    recorded.requests.push(args[0])
    return request(...args)
  },
  query: () => {
    recorded.queries++
    return query()
  },
})
