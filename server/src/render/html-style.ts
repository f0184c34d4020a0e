import type { Column } from '../core/table.ts'
import { escapeCss } from './escape.ts'

/** Colours on both grounds; paper is always light. */
const light = '--ground:#fff;--ink:#1b1f27;--quiet:#596171;--line:#d6dae1;--stripe:#f6f7f9;--mark:#2f5fb3'
const dark = '--ground:#14161a;--ink:#e7e9ee;--quiet:#a2a9b6;--line:#373c46;--stripe:#1b1e24;--mark:#8ab0f5'

const base = `
*{box-sizing:border-box}
body{margin:0 auto;max-width:90rem;padding:1.5rem;background:var(--ground);color:var(--ink);
font:15px/1.45 system-ui,"Noto Sans","Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
h1{margin:0 0 .75rem;font-size:1.6rem;line-height:1.2}
dl{margin:0;padding:0}dt{color:var(--quiet)}dd{margin:0;overflow-wrap:anywhere}
.about{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem}
.figures{display:flex;flex-wrap:wrap;gap:.75rem;margin:1.25rem 0}
.figures div{border:1px solid var(--line);border-radius:.5rem;padding:.5rem .9rem;min-width:8rem}
.figures dd{font-size:1.35rem;font-variant-numeric:tabular-nums}
.note{border-left:.25rem solid var(--mark);padding:.25rem .75rem;margin:1rem 0}
figure{margin:1.25rem 0;overflow-x:auto}figcaption{font-weight:600;margin-bottom:.25rem}
figure svg{width:100%;height:auto;max-width:60rem;display:block}
.table{overflow:auto;max-height:100vh}
table{border-collapse:collapse;width:100%;font-size:.93em}
th{text-align:start;vertical-align:bottom;box-shadow:inset 0 -2px var(--line);padding:.4rem .6rem;
position:sticky;top:0;background:var(--ground)}
td{border-bottom:1px solid var(--line);padding:.35rem .6rem;vertical-align:top;overflow-wrap:break-word;max-width:24rem}
tbody tr:nth-child(even){background:var(--stripe)}
.n{text-align:right;font-variant-numeric:tabular-nums}.t{white-space:nowrap;font-variant-numeric:tabular-nums}
.end{color:var(--quiet);margin:1rem 0}`

/** On a phone each row is a card, whose cells carry their column's label in front. */
const phone = (columns: readonly Column[]): string => {
  const labels = columns.map(({ label }, at) => `td:nth-child(${at + 1})::before{content:"${escapeCss(label)}"}`)
  return `@media screen and (max-width:44rem){body{padding:1rem}.table{overflow:visible;max-height:none}
figure svg{min-width:34rem}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table,tbody,tr{display:block}tr{border-bottom:2px solid var(--line);padding:.4rem 0}
td,.n,.t{display:grid;max-width:none;overflow-wrap:anywhere;grid-template-columns:minmax(6rem,32%) 1fr;gap:.5rem;border:0;padding:.12rem .4rem;
direction:ltr;unicode-bidi:plaintext;text-align:start;white-space:normal}
td::before{color:var(--quiet)}td:empty{display:none}
${labels.join('')}}`
}

/** The size of letters on paper: many columns need smaller ones. */
const paperSize = (columns: number): string => (columns <= 9 ? '10px' : columns <= 13 ? '8.5px' : '7px')

const paper = (columns: number): string => `@page{size:A4 landscape;margin:14mm;
@bottom-right{content:counter(page) " of " counter(pages);font:9px sans-serif}}
@media print{body{padding:0;max-width:none;font-size:10px}.table,figure{overflow:visible;max-height:none}
table{font-size:${paperSize(columns)}}thead{display:table-header-group}th{position:static}th,td{padding:.3em .5em}
td{max-width:30em}figure svg{width:auto;max-width:100%;max-height:60mm}
tr,figure,.figures div{break-inside:avoid}h1,dl{break-after:avoid}}`

/** The whole style of a document: nothing is loaded from anywhere. */
export const documentStyle = (columns: readonly Column[]): string =>
  `:root{color-scheme:light dark;${light}}
@media screen and (prefers-color-scheme:dark){:root{${dark}}}${base}
${phone(columns)}
${paper(columns.length)}`
