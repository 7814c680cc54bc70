// In the place of MathJax 2 from a CDN, which Formgrader's page asks for: MathJax 3 from this server.
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
    var present = {
        tex: {
            inlineMath: [["$", "$"], ["\\(", "\\)"]],
            displayMath: [["$$", "$$"], ["\\[", "\\]"]],
            processEscapes: true,
            tags: "ams"
        },
        startup: {
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
