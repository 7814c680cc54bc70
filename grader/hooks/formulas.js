// In the place of MathJax 2 from a CDN, which Formgrader's page asks for: MathJax 3 from this server.
// Each text is drawn by a MathJax that has seen no other: what a learner's formulas define (\def,
// \newcommand, \definecolor, \label) cannot change what the rubric beside them says.
(function () {
    var ended = false;
    var waiting = [];
    var end = function () {
        ended = true;
        waiting.splice(0).forEach(function (listen) { listen("End"); });
    };
    var hub = {  // what the page uses of MathJax 2
        Config: function () {},
        Queue: function () {},
        Startup: {
            signal: {
                Interest: function (listen) {
                    if (ended) { listen("End"); } else { waiting.push(listen); }
                }
            }
        }
    };
    var drawAlone = function (cell) {
        var startup = window.MathJax.startup;
        startup.input = startup.getInputJax();
        startup.document = startup.getDocument();
        return window.MathJax.typesetPromise([cell]);
    };
    var drawAll = function () {
        var cells = Array.from(document.querySelectorAll("#notebook-container > .cell"));
        var drawn = cells.filter(function (cell) { return /[$\\]/.test(cell.textContent); });
        return drawn.reduce(function (before, cell) {
            var draw = function () { return drawAlone(cell); };
            return before.then(draw, draw);  // a text that cannot be drawn keeps none from it
        }, Promise.resolve());
    };
    var present = {
        loader: { load: ["ui/safe"] },
        options: {
            safeOptions: { allow: { URLs: "none", classes: "safe", cssIDs: "none", styles: "safe" } }
        },
        tex: {
            packages: { "[-]": ["require"] },
            inlineMath: [["$", "$"], ["\\(", "\\)"]],
            displayMath: [["$$", "$$"], ["\\[", "\\]"]],
            processEscapes: true,
            tags: "ams"
        },
        startup: {
            pageReady: drawAll,
            ready: function () {
                window.MathJax.startup.defaultReady();
                window.MathJax.startup.promise.then(end, end);
            }
        },
        Hub: hub
    };
    Object.defineProperty(window, "MathJax", {  // MathJax 3 puts another object here
        get: function () { return present; },
        set: function (value) { value.Hub = hub; present = value; }
    });
    var script = document.createElement("script");
    script.src = document.currentScript.src.replace(/formulas\.js.*/, "tex-chtml.js");
    script.onerror = end;  // without formulas the page still works
    document.head.appendChild(script);
})();
