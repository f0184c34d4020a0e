import { BlockList, isIP } from 'node:net'

/** Addresses that are not of the public internet: this machine, private and shared networks, links, and what is reserved. */
const notPublic: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]

const makeList = (): BlockList => {
  const list = new BlockList()
  for (const [net, bits] of notPublic) list.addSubnet(net, bits, 'ipv4')
  return list
}

/** Of IPv6 only 2000::/3 is given out to the public; these parts of it carry or stand for other addresses. */
const makePublic = (): { readonly given: BlockList; readonly apart: BlockList } => {
  const given = new BlockList()
  given.addSubnet('2000::', 3, 'ipv6')
  const apart = new BlockList()
  // Teredo and other protocols' assignments, documentation, 6to4, documentation.
  for (const [net, bits] of [
    ['2001::', 23],
    ['2001:db8::', 32],
    ['2002::', 16],
    ['3fff::', 20],
  ] as const)
    apart.addSubnet(net, bits, 'ipv6')
  return { given, apart }
}

/** Tells whether an IP address is one of the public internet. */
export const createPublicAddress = (): ((address: string) => boolean) => {
  const private4 = makeList()
  const { given, apart } = makePublic()
  return (address) => {
    const family = isIP(address)
    if (family === 4) return !private4.check(address, 'ipv4')
    return family === 6 && given.check(address, 'ipv6') && !apart.check(address, 'ipv6')
  }
}
