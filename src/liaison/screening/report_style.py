"""The style sheet of the report: dark on white, 4.5:1 or better everywhere, for a desk, a telephone and paper."""

STYLE = """
:root{color-scheme:light;--ink:#16191d;--soft:#4a5560;--rule:#c3cad1;--tint:#f2f5f7;--for:#1d5f9e;--against:#b3400f;--mark:#ffe9a8}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:#fff;color:var(--ink);font:1rem/1.5 system-ui,"Noto Sans","Segoe UI",Roboto,Arial,sans-serif}
main,header,footer{max-width:60rem;margin:0 auto;padding:0 1rem}
header{padding-top:1.5rem}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 .25rem}
h2{font-size:1.3rem;margin:1.75rem 0 .5rem;padding-top:.75rem;border-top:2px solid var(--ink)}
h3{font-size:1.1rem;line-height:1.3;margin:0;overflow-wrap:anywhere}
p{margin:.5rem 0}
a{color:#0b4f8a}
a:focus-visible,summary:focus-visible{outline:3px solid #16191d;outline-offset:2px;background:var(--mark)}
.skip{position:absolute;left:-999rem}
.skip:focus{position:static}
.soft{color:var(--soft)}
.notice{border-left:.4rem solid var(--ink);background:var(--tint);padding:.75rem 1rem;margin:1rem 0;font-weight:600}
.counts{display:grid;grid-template-columns:repeat(auto-fit,minmax(8rem,1fr));gap:.6rem;margin:1rem 0;padding:0}
.counts div{border:1px solid var(--rule);padding:.6rem .75rem}
.counts dt{color:var(--soft);font-size:.9rem}
.counts dd{margin:0;font-size:1.35rem;font-weight:600;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}
caption{text-align:left;font-weight:600;padding:.25rem 0}
th,td{text-align:left;vertical-align:top;padding:.35rem .5rem}
th,td{border-bottom:1px solid var(--rule);overflow-wrap:anywhere}
thead th{border-bottom:2px solid var(--ink)}
tbody th{font-weight:400;color:var(--soft)}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;overflow-wrap:normal}
article{border:1px solid var(--rule);margin:1rem 0;padding:1rem}
article>header{max-width:none;margin:0 0 .5rem;padding:0}
article>header{display:flex;flex-wrap:wrap;gap:.15rem 1rem;align-items:baseline}
article>header h3{flex:1 1 20rem}
.score{font-size:1.1rem;font-weight:700;font-variant-numeric:tabular-nums;white-space:nowrap}
.sides{table-layout:fixed;margin-bottom:.75rem}
.sides th[scope=row]{width:auto}
.sides col.field{width:6.5rem}
.sides .name{font-weight:600}
mark{background:var(--mark);color:inherit;text-decoration:underline 2px;text-underline-offset:3px;padding:0}
.verdict{display:inline-block;margin-left:.75rem;font-size:.85rem;font-weight:400;color:var(--soft)}
.verdict b{color:var(--ink)}
.reasons td.bar{width:38%;padding-left:0;padding-right:0}
.reasons tfoot th,.reasons tfoot td{border-top:2px solid var(--ink);border-bottom:0;font-weight:700;color:var(--ink)}
.reasons svg{display:block;width:100%;height:1.1rem}
.for{fill:var(--for)}
.against{fill:#fff;stroke:var(--against);stroke-width:2;vector-effect:non-scaling-stroke}
.sum{fill:var(--ink)}
.zero{stroke:#6b7681;stroke-width:1;vector-effect:non-scaling-stroke}
.key span{white-space:nowrap;margin-right:1.25rem}
.key i{display:inline-block;width:1.6rem;height:.8rem;vertical-align:-.05rem;margin-right:.35rem}
.key .k-for{background:var(--for)}
.key .k-against{border:2px solid var(--against)}
.key .k-sum{background:var(--ink)}
.away{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
footer{margin-top:2rem;padding-bottom:2rem;color:var(--soft)}
@media (max-width:40rem){
h1{font-size:1.4rem}
article{padding:.75rem;margin-left:-.25rem;margin-right:-.25rem}
.sides col.field{width:6.2rem}
tbody th{font-size:.9rem}
th,td{padding:.3rem .35rem}
.counts{grid-template-columns:1fr 1fr}
.counts dd{font-size:1.2rem}
.reasons td.bar{width:26%}
.verdict{display:block;margin-left:0}
}
@media print{
@page{margin:15mm}
html{font-size:8.5pt}
body{line-height:1.35}
main,header,footer{max-width:none;padding:0}
article{break-inside:avoid;border-color:#555;padding:.5rem .75rem;margin:.6rem 0}
th,td{padding:.12rem .35rem}
article p{margin:.25rem 0}
h2,h3,caption{break-after:avoid}
a{color:inherit;text-decoration:none}
.skip{display:none}
svg,mark,.notice,.key i{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
"""
