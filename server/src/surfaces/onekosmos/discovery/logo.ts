const drawing =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><circle cx="12" cy="12" r="11" fill="#1f6feb"/><path d="M7 12l4 4 7-8" fill="none" stroke="#fff" stroke-width="2.5"/></svg>'

/** A community's picture, as an address that needs no further request; clients insist on one. */
export const logo = `data:image/svg+xml;base64,${Buffer.from(drawing).toString('base64')}`
