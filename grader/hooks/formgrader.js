// Appended to nbgrader's formgrade_models.js: saves follow one another, and a refusal is shown.
(function () {
    // Each save says which version it was made from, so the next one waits for the answer.
    [Grade, Comment].forEach(function (kind) {
        var save = kind.prototype.save;
        kind.prototype.save = function (values) {
            var model = this;
            var send = function () { return save.call(model, values); };
            model.sent = model.sent ? model.sent.then(send, send) : send();
            return model.sent;
        };
    });

    var explain = function (answer) {
        try {
            return JSON.parse(answer.responseText).message;
        } catch (error) {
            return "Not saved: the server did not take it (" + answer.status + ").";
        }
    };

    [GradeUI, CommentUI].forEach(function (view) {
        var initialize = view.prototype.initialize;
        view.prototype.initialize = function () {
            initialize.apply(this, arguments);
            this.listenTo(this.model, "error", this.showRefusal);
            this.listenTo(this.model, "sync", function () { this.$el.find(".not-saved").remove(); });
        };
        view.prototype.showRefusal = function (model, answer) {
            this.$glyph.stop(true).hide();
            this.$el.find(".not-saved").remove();
            var load = $("<button type='button' class='btn btn-default btn-sm'/>")
                .text("Load what is there now")
                .click(function () { model.fetch(); });
            $("<div class='alert alert-danger not-saved' role='alert'/>")
                .text(explain(answer) + " ")
                .append(load)
                .insertAfter(this.$el.find(".panel-heading").first());
        };
    });
})();
