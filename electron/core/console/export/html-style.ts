/** The look of the report: the same tokens as the console, light and dark, and plain on paper. */
export const REPORT_STYLE = `
:root{color-scheme:light dark;--canvas:#F8F6F2;--surface:#FEFDFB;--sunken:#F3F0EA;--line:#E5E0D7;--ink:#211E1A;
--ink2:#575147;--ink3:#6B6459;--fine:#44682F;--fix:#A2412B;--review:#835600;--unknown:#506273;--waived:#675F80}
@media (prefers-color-scheme:dark){:root{--canvas:#191715;--surface:#201E1C;--sunken:#131110;--line:#302D29;
--ink:#EDE9E2;--ink2:#B9B3A8;--ink3:#9A9489;--fine:#A3C08C;--fix:#E79278;--review:#DDB567;--unknown:#A3B4C4;
--waived:#BBB2CF}}
*{box-sizing:border-box}
body{margin:0;background:var(--canvas);color:var(--ink);font:14px/22px Inter,system-ui,sans-serif}
main{max-width:880px;margin:0 auto;padding:40px 24px 56px}
h1{font-size:28px;line-height:36px;letter-spacing:-.022em;margin:0 0 12px;text-wrap:balance}
h2{font-size:15px;margin:36px 0 12px}
h3{font-size:14px;margin:0;font-weight:600}
p{margin:4px 0;color:var(--ink2)}
.quiet,th,footer{color:var(--ink3);font-size:13px;font-weight:400}
.mark{border:1px solid var(--waived);color:var(--waived);border-radius:6px;padding:8px 12px;margin:0 0 16px}
table{width:100%;border-collapse:collapse}
th,td{text-align:left;padding:6px 12px 6px 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
section.finding{border-top:1px solid var(--line);padding:16px 0;break-inside:avoid-page}
.status{font-size:13px;font-weight:600}
.fix{color:var(--fix)}.review{color:var(--review)}.unknown{color:var(--unknown)}.waived{color:var(--waived)}
.pass{color:var(--fine)}.not-applicable{color:var(--ink3)}
.evidence,pre{background:var(--sunken);border-radius:8px;padding:8px 12px;margin:8px 0;overflow-wrap:anywhere}
.evidence td:first-child,pre{font:12.5px/20px "JetBrains Mono",ui-monospace,monospace;font-variant-ligatures:none}
.evidence tr:last-child td{border-bottom:0}
pre{white-space:pre-wrap;margin:4px 0}
summary{cursor:pointer;color:var(--ink3);font-size:13px}
ol{margin:4px 0;padding-left:20px;counter-reset:list-item}
li.sentence{list-style:none;counter-increment:list-item 0}
footer{margin-top:48px}
@media print{:root{color-scheme:light;--canvas:#fff;--surface:#fff;--sunken:#f4f4f4;--line:#ccc;--ink:#000;--ink2:#222;
--ink3:#444;--fine:#244010;--fix:#7a2010;--review:#5c3c00;--unknown:#2c3c4c;--waived:#403a58}
main{max-width:none;padding:0}details::details-content{content-visibility:visible;block-size:auto}}
`.replaceAll('\n', '');
