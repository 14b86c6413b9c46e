"""How a dataset's page looks: light and dark, wide and narrow, in the system's own fonts."""

STYLE = """
:root { color-scheme: light dark; --ink: #1a1d21; --soft: #5b6470; --line: #d9dee4; --paper: #f6f6f4; --card: #fff;
  --track: #eceff2; --link: #2256a0; --main: #3a78b8; --second: #7fb0dc; --third: #c3d9ee; --yes: #2e9e5b; --no: #cf4a4f;
  --open: #d69e2e; --sea: #eef3f7 }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --soft: #9aa4b0; --line: #333a42; --paper: #14171b;
  --card: #1c2025; --track: #2a3037; --link: #8ab4f8; --main: #5c9bd8; --second: #3f6f9f; --third: #2c4c6c; --yes: #4fbf7f;
  --no: #f07a7e; --open: #e3b341; --sea: #161d24 } }
* { box-sizing: border-box }
html { scroll-behavior: smooth; scroll-padding-top: 56px }
body { font: 15.5px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0;
  overflow-wrap: anywhere }
main, header.top { max-width: 1240px; margin: 0 auto; padding: 0 20px }
header.top { padding-top: 36px }
h1 { font-size: 30px; line-height: 1.2; letter-spacing: -0.01em; margin: 0 0 6px }
h2 { font-size: 21px; letter-spacing: -0.005em; margin: 48px 0 4px }
h3 { font-size: 14px; font-weight: 600; margin: 0 0 10px }
p { margin: 0 0 12px; max-width: 78ch } .soft { color: var(--soft); font-size: 13.5px } a { color: var(--link) }
nav { position: sticky; top: 0; z-index: 5; background: var(--paper); border-bottom: 1px solid var(--line); margin-top: 18px }
nav div { max-width: 1240px; margin: 0 auto; padding: 0 20px; display: flex; overflow-x: auto; scrollbar-width: none }
nav a { padding: 10px 18px 10px 0; text-decoration: none; font-size: 14px; white-space: nowrap }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 16px 18px; min-width: 0 }
.grid { display: grid; gap: 14px; grid-template-columns: repeat(auto-fit, minmax(min(100%, var(--least, 330px)), 1fr));
  margin: 12px 0 14px; align-items: start }
.stack { display: grid; gap: 14px; min-width: 0 }
.flow { columns: 4 240px; column-gap: 14px; margin: 12px 0 14px } .flow .card { break-inside: avoid; margin: 0 0 14px }
.card + p { margin-top: 10px }
.stats { display: grid; grid-template-columns: repeat(auto-fit, minmax(128px, 1fr)); gap: 1px; background: var(--line);
  border: 1px solid var(--line); border-radius: 12px; overflow: hidden; margin: 18px 0 0 }
.stat { background: var(--card); padding: 12px 16px } .stat b { display: block; font-size: 23px; line-height: 1.25;
  font-variant-numeric: tabular-nums; letter-spacing: -0.01em } .stat span { color: var(--soft); font-size: 13px }
.bars { display: grid; grid-template-columns: fit-content(46%) minmax(40px, 1fr) max-content; gap: 5px 12px;
  align-items: center;
  font-size: 13.5px; font-variant-numeric: tabular-nums }
.bars .track { height: 12px; border-radius: 3px; background: var(--track); display: flex; overflow: hidden }
.bars .track i, .key i { background: var(--main) } .bars .track i { display: block; height: 100%; min-width: 1px }
.bars .number { text-align: right } .bars .less { color: var(--soft); padding-left: 14px }
.bars small { color: var(--soft); font-size: 12.5px }
i.yes { background: var(--yes) !important } i.no { background: var(--no) !important }
i.open { background: var(--open) !important }
i.second { background: var(--second) !important } i.third { background: var(--third) !important }
.key { display: flex; flex-wrap: wrap; gap: 4px 16px; font-size: 13px; color: var(--soft); margin: 0 0 10px }
.key i { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin-right: 6px }
.histogram { position: relative; display: flex; align-items: flex-end; gap: 1px; height: 150px;
  border-bottom: 1px solid var(--line) }
.histogram span { flex: 1; display: flex; flex-direction: column-reverse; justify-content: flex-start; height: 100% }
.histogram b { position: absolute; right: 0; top: 0; font-weight: 400; font-size: 12px; color: var(--soft) }
.histogram i { display: block; background: var(--main) }
.axis { display: flex; justify-content: space-between; font-size: 12px;
  color: var(--soft); padding-top: 3px; font-variant-numeric: tabular-nums }
.scroll { overflow-x: auto } table { border-collapse: collapse; width: 100%; font-size: 13.5px;
  font-variant-numeric: tabular-nums }
th, td { padding: 6px 14px 6px 0; text-align: right; border-bottom: 1px solid var(--line); vertical-align: top }
th { white-space: nowrap; overflow-wrap: normal; color: var(--soft); font-weight: 500; font-size: 12.5px;
  vertical-align: bottom } tr:last-child td { border-bottom: 0 }
th:first-child, td:first-child { text-align: left } td { white-space: nowrap; overflow-wrap: normal }
td.text, th.text { text-align: left } td.wrap { white-space: normal; overflow-wrap: anywhere; min-width: 170px }
th:last-child, td:last-child { padding-right: 0 }
tr.head td { color: var(--soft); font-size: 12.5px; padding-top: 14px; white-space: normal; text-align: left }
tr.soft td { color: var(--soft) }
.cloud img { width: 100%; height: auto; display: block }
.switches { display: flex; gap: 18px; font-size: 14px; margin: 8px 0 0 } .switches label { cursor: pointer }
.tiles { columns: 3 340px; column-gap: 14px; margin: 12px 0 14px }
.tile { break-inside: avoid; margin: 0 0 14px; padding: 12px; display: block }
.views { display: grid; grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); gap: 8px }
figure { margin: 0; min-width: 0 } .view { position: relative; border-radius: 6px; overflow: hidden; background: #000 }
.view > img { width: 100%; height: auto; display: block } .view.small > img { image-rendering: pixelated }
.view .mask, .view svg { position: absolute; inset: 0; width: 100%; height: 100% } .view .mask { image-rendering: pixelated }
.view .none { display: block; padding: 36px 12px; text-align: center; color: #9aa4b0; font-size: 13px }
polygon { fill: none; vector-effect: non-scaling-stroke; stroke-width: 1.5 }
body:has(#boxes:not(:checked)) .view .boxes, body:has(#masks:not(:checked)) .view .mask { display: none }
figcaption { font-size: 12px; color: var(--soft); padding-top: 3px }
.tile h3 { font: 600 12.5px/1.4 ui-monospace, monospace; margin: 10px 0 2px }
.tile .soft { font-size: 12.5px; margin: 0 0 8px }
.classes { display: flex; flex-wrap: wrap; gap: 2px 12px; font-size: 12.5px; margin: 0 0 8px }
.classes i { display: inline-block; width: 9px; height: 9px; border-radius: 2px; margin-right: 5px;
  background: hsl(var(--hue) 75% 52%) } .classes i.outline { background: none; border: 2px solid hsl(var(--hue) 75% 52%) }
blockquote { margin: 0 0 10px; padding-left: 10px; border-left: 3px solid var(--yes); font-size: 14px; line-height: 1.45 }
blockquote p { margin: 0 } blockquote.refused { border-color: var(--no) }
blockquote.refused p { text-decoration: line-through; color: var(--soft) }
blockquote.open { border-color: var(--open) }
details { font-size: 12.5px; color: var(--soft) } summary { cursor: pointer }
details ul { margin: 4px 0; padding: 0; list-style: none }
.supported b { color: var(--yes) } .contradicted b { color: var(--no) } .unverifiable b { color: var(--open) }
.asked { font-size: 13px; margin: 0 } .asked dt { color: var(--soft); display: inline }
.asked dd { display: inline; margin: 0 0 0 4px;
  font-weight: 600 }
.map { width: 100%; height: auto; display: block; background: var(--sea); border-radius: 6px }
.map text { fill: var(--soft); font: 10px system-ui, sans-serif } .map .line { stroke: var(--line); fill: none;
  vector-effect: non-scaling-stroke; stroke-width: 1 }
.map .foot { fill: var(--main); fill-opacity: 0.16; stroke: var(--main); stroke-width: 1; vector-effect: non-scaling-stroke }
.map .dot { fill: var(--main) } .map .cell { fill: var(--main) }
.map .frame { stroke: var(--no); fill: none; stroke-width: 1.4;
  vector-effect: non-scaling-stroke }
pre { font: 12px/1.5 ui-monospace, monospace; overflow-x: auto; margin: 8px 0 0; white-space: pre-wrap }
footer { max-width: 1240px; margin: 48px auto 0; padding: 16px 20px 40px; color: var(--soft); font-size: 13px;
  border-top: 1px solid var(--line) }
.map.globe text { font-size: 5px }
@media (min-width: 900px) { .atlas > :first-child { grid-column: span 2 } }
@media (max-width: 640px) { .map.globe text { font-size: 10px } .map text { font-size: 13px }
  h1 { font-size: 24px } h2 { margin-top: 36px }
.bars { grid-template-columns: fit-content(40%) 1fr max-content }
  .card { padding: 14px } .stack { display: grid; gap: 14px; min-width: 0 }
.flow { columns: 4 240px; column-gap: 14px; margin: 12px 0 14px } .flow .card { break-inside: avoid; margin: 0 0 14px }
.card + p { margin-top: 10px }
.stats { grid-template-columns: repeat(2, 1fr) } }
"""
