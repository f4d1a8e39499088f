"""Ways to hide and to show the word SECRET in a page; ``SECRET`` stands once in each."""

from __future__ import annotations

PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"

HIDDEN = {
    "attribute": "<p hidden>SECRET</p>",
    "inline display": "<p style='display:none'>SECRET</p>",
    "important beats inline": "<style>p.x{display:none!important}</style><p class=x style='display:block'>SECRET</p>",
    "descendant selector": "<style>.a .b{display:none}</style><div class=a><p><span class=b>SECRET</span></p></div>",
    "child selector": "<style>div>p{display:none}</style><div><p>SECRET</p></div>",
    "sibling selectors": "<style>h2+p{display:none}</style><h2>x</h2><p>SECRET</p>",
    "general sibling": "<style>h2~p{visibility:hidden}</style><h2>x</h2><p>a</p><p>SECRET</p>",
    "attribute selector": "<style>[data-x^=no]{display:none}</style><p data-x=none>SECRET</p>",
    "nth-child": "<style>p:nth-child(2){display:none}</style><div><p>a</p><p>SECRET</p></div>",
    "last-child": "<style>li:last-child{opacity:0}</style><ul><li>a</li><li>SECRET</li></ul>",
    "not": "<style>p:not(.seen){display:none}</style><p>SECRET</p>",
    "is and where": "<style>:is(.a,.b) :where(.c){display:none}</style><div class=b><p class=c>SECRET</p></div>",
    "has": "<style>div:has(> i){display:none}</style><div><i>SECRET</i></div>",
    "order": "<style>.x{display:block}.x{display:none}</style><p class=x>SECRET</p>",
    "specificity": "<style>#i{display:none}.x.y{display:block}</style><p id=i class='x y'>SECRET</p>",
    "nested rules": "<style>.a{color:red;& .b{display:none}}</style><div class=a><p class=b>SECRET</p></div>",
    "nested rules without ampersand": "<style>.a{.b{display:none}}</style><div class=a><p class=b>SECRET</p></div>",
    "media screen": "<style>@media screen and (min-width:600px){.x{display:none}}</style><p class=x>SECRET</p>",
    "media range": "<style>@media (width >= 600px){.x{display:none}}</style><p class=x>SECRET</p>",
    "media of the element": "<style media='screen'>.x{display:none}</style><p class=x>SECRET</p>",
    "supports": "<style>@supports (display:grid){.x{display:none}}</style><p class=x>SECRET</p>",
    "layers": "<style>@layer a,b;@layer b{.x{display:none}}@layer a{.x{display:block}}</style><p class=x>SECRET</p>",
    "invalid value after": "<style>.x{display:none;display:nonsense}</style><p class=x>SECRET</p>",
    "read-only": "<style>p:read-only{display:none}</style><p>SECRET</p>",
    "unknown pseudo-element beside": "<style>p.x,input::-webkit-foo{display:none}</style><p class=x>SECRET</p>",
    "escaped class": r"<style>.a\:b{display:none}</style><p class='a:b'>SECRET</p>",
    "comment within": "<style>.x{dis/**/play:block;/*}*/display:/**/none}</style><p class=x>SECRET</p>",
    "variable": "<style>:root{--a:none}.x{display:var(--a)}</style><p class=x>SECRET</p>",
    "variable with a fallback": "<style>.x{color:var(--nope,#fff)}</style><p class=x>SECRET</p>",
    "visibility": "<div style='visibility:hidden'><p>SECRET</p></div>",
    "collapsed row": "<table><tr><td>a<td>b</tr><tr style='visibility:collapse'><td>c<td>SECRET</tr></table>",
    "hidden column of a row": "<table><tr><td>a<td>b<td style='display:none'>SECRET</tr></table>",
    "opacity": "<p style='opacity:0'>SECRET</p>",
    "opacity of several": (
        "<div style='opacity:.2'><div style='opacity:.2'><p style='opacity:.5'>SECRET</p></div></div>"
    ),
    "opacity in percent": "<p style='opacity:1%'>SECRET</p>",
    "filter": "<p style='filter:opacity(0)'>SECRET</p>",
    "blur": "<p style='filter:blur(40px)'>SECRET</p>",
    "transparent color": "<p style='color:transparent'>SECRET</p>",
    "color without alpha": "<p style='color:rgba(0,0,0,0)'>SECRET</p>",
    "eight digits": "<p style='color:#00000000'>SECRET</p>",
    "white on white": "<p style='color:white'>SECRET</p>",
    "nearly white": "<p style='color:rgb(252 252 250)'>SECRET</p>",
    "hsl": "<p style='color:hsl(0,0%,100%)'>SECRET</p>",
    "oklch": "<p style='color:oklch(1 0 0)'>SECRET</p>",
    "color-mix of white": "<div style='color:lab(100% 0 0)'>SECRET</div>",
    "white font element": "<font color=white>SECRET</font>",
    "legacy color without hash": "<font color=ffffff>SECRET</font>",
    "bgcolor": "<table bgcolor=#336699><tr><td><font color=#336699>SECRET</font></td></tr></table>",
    "body text": "<body bgcolor=black text=black>SECRET",
    "black on a black box": "<div style='background:#000'><p style='color:#111'>SECRET</p></div>",
    "color of a class on ground of another": (
        "<style>.g{background-color:navy}.t{color:#000080}</style><div class=g><b><span class=t>SECRET</span></b></div>"
    ),
    "half transparent ground": "<div style='background:rgba(255,255,255,.5)'><p style='color:#fff'>SECRET</p></div>",
    "white gradient": "<p style='color:#fff;background:linear-gradient(#fff,#fefefe)'>SECRET</p>",
    "fill color": "<p style='color:black;-webkit-text-fill-color:white'>SECRET</p>",
    "currentcolor": "<p style='color:teal;background:currentcolor'>SECRET</p>",
    "white link": "<a href=x style='color:#fff'>SECRET</a>",
    "font-size": "<span style='font-size:0'>SECRET</span>",
    "font-size of one px": "<span style='font-size:1px'>SECRET</span>",
    "font-size in em": "<div style='font-size:.2em'><p style='font-size:.2em'>SECRET</p></div>",
    "font-size by calc": "<p style='font-size:calc(1px - 1px)'>SECRET</p>",
    "font shorthand": "<p style='font:0/0 a'>SECRET</p>",
    "font shorthand with weight": "<p style='font:bold 1px/1 serif'>SECRET</p>",
    "position off left": "<p style='position:absolute;left:-9999px'>SECRET</p>",
    "position a little off": "<p style='position:absolute;left:-400px;width:300px'>SECRET</p>",
    "position off top": "<p style='position:absolute;top:-500px'>SECRET</p>",
    "fixed off top": "<p style='position:fixed;top:-100px'>SECRET</p>",
    "position in vw": "<p style='position:absolute;left:-100vw;width:50vw'>SECRET</p>",
    "position in em": "<p style='position:absolute;left:-999em'>SECRET</p>",
    "position by inset": "<p style='position:absolute;inset:0 auto auto -9999px'>SECRET</p>",
    "position from the right": "<p style='position:absolute;right:9999px'>SECRET</p>",
    "relative": "<p style='position:relative;left:-5000px'>SECRET</p>",
    "negative margin": "<p style='margin-left:-9999px'>SECRET</p>",
    "negative margin above": "<p style='margin-top:-9999px'>SECRET</p>",
    "text-indent": "<p style='text-indent:-9999px'>SECRET</p>",
    "text-indent in em": "<p style='text-indent:-999em'>SECRET</p>",
    "text-indent out of the box": "<p style='text-indent:100%;white-space:nowrap;overflow:hidden'>SECRET</p>",
    "translate": "<p style='transform:translateX(-9999px)'>SECRET</p>",
    "translate property": "<p style='translate:-9999px 0'>SECRET</p>",
    "off canvas": "<div style='position:fixed;left:0;top:0;width:280px;transform:translateX(-100%)'>SECRET</div>",
    "scale": "<p style='transform:scale(0)'>SECRET</p>",
    "scale by the way": "<p style='transform:rotate(5deg) scaleX(.01)'>SECRET</p>",
    "scale property": "<p style='scale:0'>SECRET</p>",
    "matrix": "<p style='transform:matrix(0,0,0,0,0,0)'>SECRET</p>",
    "turned on edge": "<p style='transform:rotateX(90deg)'>SECRET</p>",
    "clip": "<p style='position:absolute;clip:rect(0 0 0 0)'>SECRET</p>",
    "clip of one px": "<p style='position:absolute;clip:rect(1px,1px,1px,1px)'>SECRET</p>",
    "clip-path inset": "<p style='clip-path:inset(50%)'>SECRET</p>",
    "clip-path circle": "<p style='clip-path:circle(0)'>SECRET</p>",
    "clip-path polygon": "<p style='clip-path:polygon(0 0,0 0,0 0)'>SECRET</p>",
    "height": "<div style='height:0;overflow:hidden'>SECRET</div>",
    "max-height": "<div style='max-height:0;overflow:hidden'>SECRET</div>",
    "width": "<div style='width:0;overflow:hidden;white-space:nowrap'>SECRET</div>",
    "height with padding above": "<div style='height:0;padding-top:30px;overflow:hidden'>SECRET</div>",
    "box of one px": "<div style='width:1px;height:1px;overflow:hidden'>SECRET</div>",
    "sr-only": (
        "<style>.sr-only{position:absolute;width:1px;height:1px;padding:0;margin:-1px;overflow:hidden;"
        "clip:rect(0,0,0,0);white-space:nowrap;border:0}</style><span class=sr-only>SECRET</span>"
    ),
    "height of a wrapper": "<div style='height:0;overflow:hidden'><div><p><b>SECRET</b></p></div></div>",
    "mail preheader": (
        "<div style='display:none;font-size:1px;color:#fff;line-height:1px;max-height:0;max-width:0;opacity:0;"
        "overflow:hidden'>SECRET</div>"
    ),
    "behind its box": "<div style='background:#fff'><p style='position:relative;z-index:-1'>SECRET</p></div>",
    "content-visibility": "<div style='content-visibility:hidden'><p>SECRET</p></div>",
    "animation that ends hidden": (
        "<style>@keyframes a{to{opacity:0}}p{animation:a .001s forwards}</style><p>SECRET</p>"
    ),
    "letters on one another": "<p style='letter-spacing:-1em'>SECRET</p>",
    "dots for letters": "<p style='-webkit-text-security:disc'>SECRET</p>",
    "generated and hidden": "<style>p::before{content:'SECRET';color:white}</style><p>x</p>",
    "generated and not displayed": "<style>p::after{content:'SECRET';display:none}</style><p>x</p>",
    "hidden input": "<input type=hidden value=SECRET>",
    "white input": "<input value=SECRET style='color:#fff'>",
    "password": "<input type=password value=SECRET>",
    "noscript": "<noscript><p>SECRET</p></noscript>",
    "template": "<template><p>SECRET</p></template>",
    "closed dialog": "<dialog><p>SECRET</p></dialog>",
    "closed popover": "<div popover>SECRET</div>",
    "datalist": "<input list=l><datalist id=l><option>SECRET</datalist>",
    "canvas": "<canvas>SECRET</canvas>",
    "video": "<video src=x.mp4>SECRET</video>",
    "meter": "<meter value=.5>SECRET</meter>",
    "comment": "<!-- SECRET --><p>x</p>",
    "title attribute": "<p title=SECRET>x</p>",
    "padding that fills the box": (
        "<div style='box-sizing:border-box;height:40px;padding-top:40px;overflow:hidden'>SECRET</div>"
    ),
    "fixed below the window": "<div style='position:fixed;top:120vh;left:0;width:200px'>SECRET</div>",
    "drawer to the right": "<div style='position:fixed;right:-300px;top:0;width:300px'>SECRET</div>",
    "mixed white": "<p style='color:color-mix(in srgb,white,#fefefe)'>SECRET</p>",
    "sheet in its address": "<link rel=stylesheet href='data:text/css,.x{display:none}'><p class=x>SECRET</p>",
    "import in its address": "<style>@import 'data:text/css,.x{display:none}';</style><p class=x>SECRET</p>",
    "escaped property": r"<p style='d\69splay:n\6fne'>SECRET</p>",
    "drawing without size": "<svg width=0 height=0><text y=15>SECRET</text></svg>",
    "checked box without a label": (
        "<style>.x{display:none}#c:checked~.x{display:block}</style>"
        "<input type=checkbox id=c hidden><p class=x>SECRET</p>"
    ),
    "width of a line": "<div style='max-width:0;overflow:hidden;white-space:nowrap'>SECRET</div>",
    "moved up by a transform": "<p style='transform:translateY(-200vh) translateY(-9999px)'>SECRET</p>",
    "white svg text": "<svg width=99 height=20><text y=15 fill=white>SECRET</text></svg>",
    "formula's phantom": "<math><mi>x</mi><mphantom><mi>SECRET</mi></mphantom></math>",
    "hidden panel without a control": "<div id=a role=tabpanel hidden>SECRET</div>",
    "hidden panel with a hidden control": (
        "<button aria-controls=a style='display:none'>Open</button><div id=a style='display:none'>SECRET</div>"
    ),
    "frame that cannot be seen": "<iframe srcdoc='<p>SECRET</p>' width=1 height=1></iframe>",
    "hidden in a frame": "<iframe srcdoc='<p style=color:white>SECRET</p>'></iframe>",
}

SHOWN = {
    "plain": "<p>SECRET</p>",
    "aria-hidden": "<p aria-hidden=true>SECRET</p>",
    "print only rules": "<style>@media print{.x{display:none}}</style><p class=x>SECRET</p>",
    "narrow windows only": "<style>@media (max-width:600px){.x{display:none}}</style><p class=x>SECRET</p>",
    "dark scheme only": "<style>@media (prefers-color-scheme:dark){p{color:#fff}}</style><p>SECRET</p>",
    "not screen": "<style>@media not screen{.x{display:none}}</style><p class=x>SECRET</p>",
    "media of the element": "<style media=print>.x{display:none}</style><p class=x>SECRET</p>",
    "alternate sheet": "<link rel='alternate stylesheet' href=x.css><p>SECRET</p>",
    "supports of another engine": (
        "<style>@supports (-ms-ime-align:auto){.x{display:none}}</style><p class=x>SECRET</p>"
    ),
    "bootstrap, from medium on": (
        "<style>.d-none{display:none!important}@media (min-width:768px){.d-md-block{display:block!important}}</style>"
        "<div class='d-none d-md-block'>SECRET</div>"
    ),
    "tailwind, from medium on": (
        r"<style>.hidden{display:none}@media (min-width:768px){.md\:block{display:block}}</style>"
        "<div class='hidden md:block'>SECRET</div>"
    ),
    "mobile first": (
        "<style>.nav{display:none}@media (min-width:62em){.nav{display:flex}}</style><div class=nav>SECRET</div>"
    ),
    "no script class": "<style>.js .x{display:none}</style><html class=no-js><p class=x>SECRET</p>",
    "specificity": "<style>#i{display:block}.x{display:none}</style><p id=i class=x>SECRET</p>",
    "important": "<style>.x{display:block!important}</style><p class=x style='display:none'>SECRET</p>",
    "order": "<style>.x{display:none}.x{display:block}</style><p class=x>SECRET</p>",
    "hidden overruled": "<style>[hidden]{display:block}</style><p hidden>SECRET</p>",
    "invalid value": "<style>.x{display:block;display:nonee}</style><p class=x>SECRET</p>",
    "invalid selector": "<style>.x,p:unknown{display:none}</style><p class=x>SECRET</p>",
    "hover": "<style>.x:hover{display:none}</style><p class=x>SECRET</p>",
    "active tab by class": (
        "<style>.tab-content>.tab-pane{display:none}.tab-content>.active{display:block}</style>"
        "<div class=tab-content><div class='tab-pane active'>SECRET</div><div class=tab-pane>x</div></div>"
    ),
    "opacity of one": "<style>.fade{opacity:0}.fade.show{opacity:1}</style><div class='fade show'>SECRET</div>",
    "visibility set anew": "<div style='visibility:hidden'><p style='visibility:visible'>SECRET</p></div>",
    "font-size wrapper": (
        "<div style='font-size:0;text-align:center'><div style='font-size:13px;display:inline-block'>SECRET</div></div>"
    ),
    "mjml column": (
        "<table style='background:#fff' role=presentation><tr><td style='direction:ltr;font-size:0px;padding:20px 0'>"
        "<div style='font-size:0px;display:inline-block;width:100%'><table><tr>"
        "<td style='font-size:0px;padding:10px 25px'>"
        "<div style='font-family:Arial;font-size:13px;line-height:1;color:#000000'>SECRET</div></td></tr></table></div>"
        "</td></tr></table>"
    ),
    "mso-hide": "<p style='mso-hide:all'>SECRET</p>",
    "dark theme": "<style>body{background:#121212;color:#eee}</style><p>SECRET</p>",
    "dark theme by variables": (
        "<style>:root{--bg:#111;--fg:#fff}body{background:var(--bg);color:var(--fg)}</style><p>SECRET</p>"
    ),
    "white on a dark box": "<div style='background-color:#123'><p style='color:white'>SECRET</p></div>",
    "white on bgcolor": "<table bgcolor=navy><tr><td><font color=white>SECRET</font></table>",
    "white on a gradient": (
        "<div style='background:linear-gradient(90deg,#06f,#0cf)'><p style='color:#fff'>SECRET</p></div>"
    ),
    "white on a gradient image": (
        "<div style='color:#fff;background-image:linear-gradient(to right,purple 0%,teal 100%)'>SECRET</div>"
    ),
    "white on a picture": "<div style='background:url(hero.jpg) center/cover'><h1 style='color:#fff'>SECRET</h1></div>",
    "white on a background attribute": "<table><tr><td background=hero.jpg><font color=#fff>SECRET</font></table>",
    "caption over a picture": (
        "<div style='position:relative'><img src=hero.jpg width=600 height=300>"
        "<p style='position:absolute;bottom:0;color:#fff'>SECRET</p></div>"
    ),
    "caption over a box": (
        "<div style='position:relative'><div style='background:#222;height:100px'></div>"
        "<p style='position:absolute;top:0;color:#fff'>SECRET</p></div>"
    ),
    "banner by a grid": (
        "<div style='display:grid'><img src=a.jpg width=500 height=90 style='grid-area:1/1'>"
        "<h2 style='grid-area:1/1;color:#fff'>SECRET</h2></div>"
    ),
    "sheet that is not at hand": "<link rel=stylesheet href=site.css><p class=hero style='color:#fff'>SECRET</p>",
    "imported sheet": "<style>@import 'x.css';.b{color:#fff}</style><p class=b>SECRET</p>",
    "variable that is set elsewhere": "<p style='background:var(--brand);color:#fff'>SECRET</p>",
    "gradient through the letters": (
        "<h1 style='background:linear-gradient(red,blue);-webkit-background-clip:text;color:transparent'>SECRET</h1>"
    ),
    "shadow": "<p style='color:#fff;text-shadow:0 0 4px #000'>SECRET</p>",
    "outline": "<p style='color:#fff;-webkit-text-stroke:1px #000'>SECRET</p>",
    "light gray": "<p style='color:#bbb'>SECRET</p>",
    "half opacity": "<p style='opacity:.5'>SECRET</p>",
    "small print": "<p style='font-size:6px'>SECRET</p>",
    "small of small": "<small><small><small>SECRET</small></small></small>",
    "font of size one": "<font size=1>SECRET</font>",
    "details": "<details><summary>More</summary>SECRET</details>",
    "hidden until found": "<div hidden=until-found>SECRET</div>",
    "open dialog": "<dialog open>SECRET</dialog>",
    "tab panel": (
        "<div role=tablist><button role=tab id=t1 aria-controls=p1 aria-selected=true>One</button>"
        "<button role=tab id=t2 aria-controls=p2>Two</button></div>"
        "<div role=tabpanel id=p1>x</div><div role=tabpanel id=p2 aria-labelledby=t2 hidden>SECRET</div>"
    ),
    "bootstrap tab": (
        "<style>.tab-content>.tab-pane{display:none}.tab-content>.active{display:block}</style>"
        "<a href='#two' data-bs-toggle=tab>Two</a><div class=tab-content><div class='tab-pane active'>x</div>"
        "<div class=tab-pane id=two>SECRET</div></div>"
    ),
    "accordion": (
        "<button aria-expanded=false aria-controls=s>Terms</button>"
        "<div id=s style='max-height:0;overflow:hidden'>SECRET</div>"
    ),
    "collapse": (
        "<style>.collapse:not(.show){display:none}</style>"
        "<button data-bs-target='#c' data-bs-toggle=collapse>More</button>"
        "<div class=collapse id=c>SECRET</div>"
    ),
    "box that is checked by a label": (
        "<style>.x{display:none}#c:checked~.x{display:block}</style>"
        "<input type=checkbox id=c hidden><label for=c>More</label><p class=x>SECRET</p>"
    ),
    "padding within the box": (
        "<div style='box-sizing:border-box;height:60px;padding-top:10px;overflow:hidden'>SECRET</div>"
    ),
    "fixed header": "<div style='position:fixed;top:0;right:0;width:300px'>SECRET</div>",
    "mixed color": "<p style='color:color-mix(in srgb,white,blue)'>SECRET</p>",
    "popover": "<button popovertarget=p>Help</button><div id=p popover>SECRET</div>",
    "fade-in": (
        "<style>@keyframes f{from{opacity:0}to{opacity:1}}p{opacity:0;animation:f .001s forwards}</style><p>SECRET</p>"
    ),
    "hanging indent": "<p style='padding-left:2em;text-indent:-2em'>SECRET</p>",
    "gutters": "<div style='padding:0 15px'><div style='margin-left:-15px;margin-right:-15px'>SECRET</div></div>",
    "pulled up": "<div style='height:100px'>x</div><p style='margin-top:-20px'>SECRET</p>",
    "centered by a transform": (
        "<p style='position:absolute;left:50%;top:50%;transform:translate(-50%,-50%)'>SECRET</p>"
    ),
    "carousel": (
        "<div style='overflow:hidden;width:600px'><div style='display:flex;transform:translateX(-600px)'>"
        "<div style='flex:0 0 600px'>x</div><div style='flex:0 0 600px'>SECRET</div></div></div>"
    ),
    "badge on a corner": (
        ""
        "<div style='position:relative;margin:40px;width:90px'>"
        "x<b style='position:absolute;top:-10px;right:-10px'>SECRET</b></div>"
    ),
    "tooltip above": "<p style='margin:60px'><span style='position:relative;top:-20px'>SECRET</span></p>",
    "scaled down": "<p style='transform:scale(.8)'>SECRET</p>",
    "turned": "<p style='transform:rotate(180deg)'>SECRET</p>",
    "clip-path of a shape": "<div style='clip-path:polygon(0 0,100% 0,100% 90%,0 100%)'><p>SECRET</p></div>",
    "clip without position": "<p style='clip:rect(0 0 0 0)'>SECRET</p>",
    "overflow with room": "<div style='height:200px;overflow:hidden'>SECRET</div>",
    "no height but overflow": "<div style='height:0'>SECRET</div>",
    "no height but a least": "<div style='height:0;min-height:40px;overflow:hidden'>SECRET</div>",
    "max-height none": "<div style='max-height:none;overflow:auto'>SECRET</div>",
    "inline without width": "<span style='width:0;overflow:hidden'>SECRET</span>",
    "cell of no width": "<table><tr><td style='width:1px;overflow:hidden'>SECRET</td><td>x</td></tr></table>",
    "clearfix": (
        "<style>.c::after{content:'';display:table;clear:both;"
        "height:0;visibility:hidden}</style><div class=c>SECRET</div>"
    ),
    "line-height": "<p style='line-height:0'>SECRET</p>",
    "letter-spacing": "<div style='letter-spacing:-.31em'><p style='letter-spacing:normal'>SECRET</p></div>",
    "positive z-index": "<div style='background:#fff'><p style='position:relative;z-index:1'>SECRET</p></div>",
    "generated": "<style>p::before{content:'SECRET '}</style><p>x</p>",
    "generated from an attribute": (
        "<style>td::before{content:attr(data-label)}</style><table><tr><td data-label=SECRET>x<td>y</table>"
    ),
    "button": "<button>SECRET</button>",
    "white button": "<a style='background:#0a0;color:#fff;display:inline-block' href=x>SECRET</a>",
    "input": "<input value=SECRET>",
    "placeholder": "<input placeholder=SECRET>",
    "textarea": "<textarea>SECRET</textarea>",
    "chosen option": "<select><option>a<option selected>SECRET</select>",
    "first option": "<select><option>SECRET<option>b</select>",
    "custom element": "<my-card><my-title>SECRET</my-title></my-card>",
    "display contents": "<div style='display:contents'>SECRET</div>",
    "svg text": "<svg width=99 height=20><text y=15>SECRET</text></svg>",
    "white svg text on a shape": (
        "<svg width=99 height=20><rect width=99 height=20 fill=navy /><text y=15 fill=white>SECRET</text></svg>"
    ),
    "frame of its own page": "<iframe srcdoc='<p>SECRET</p>'></iframe>",
    "object without data": "<object>SECRET</object>",
    "shadow root": "<div><template shadowrootmode=open><p>SECRET</p></template></div>",
    "quirky body": "<body bgcolor=#000000 text=#ffffff>SECRET",
    "container query": (
        ""
        "<style>.w{container-type:inline-size}@container (max-width:300px){.x{display:none}}</style>"
        "<div class=w><p class=x>SECRET</p></div>"
    ),
    "layers": "<style>@layer a{.x{display:none}}.x{display:block}</style><p class=x>SECRET</p>",
    "colored mark": "<mark>SECRET</mark>",
    "struck out": "<s>SECRET</s>",
    "user-select": "<p style='user-select:none;pointer-events:none'>SECRET</p>",
    "absolute in a cut box": (
        "<div style='height:0;overflow:hidden'><p style='position:absolute;top:20px'>SECRET</p></div>"
    ),
    "ratio box": (
        "<div style='height:0;padding-bottom:100px;overflow:hidden;position:relative'>"
        "<div style='position:absolute;inset:0'>SECRET</div></div>"
    ),
}
