/*
 * matrix.c - matrices as flat arrays of doubles, row by row; plain triple loops
 * in the order that walks memory forward, and Gauss-Jordan elimination with
 * pivots.
 */
#include "q/matrix.h"

#include <math.h>

struct matrix {
    int64_t rows, cols;
    struct kq_obj *cells; /* owned float vector, rows * cols */
};

static double *at(const struct matrix *m, int64_t row)
{
    return kq_floats(m->cells) + row * m->cols;
}

bool q_is_matrix(const struct kq_obj *x)
{
    if (x->type == KQ_FLOAT)
        return true;
    return x->type == KQ_LIST && x->n && kq_child(x, 0)->type == KQ_FLOAT;
}

static bool make(struct q *q, struct matrix *m, int64_t rows, int64_t cols)
{
    int64_t n;
    m->rows = rows;
    m->cols = cols;
    m->cells = __builtin_mul_overflow(rows, cols, &n) ? q_fail(q, "wsfull") : q_vec(q, KQ_FLOAT, n);
    return m->cells;
}

/* Copy a list of float vectors; a vector is one column when `column`, else one row. */
static bool load(struct q *q, struct matrix *m, const struct kq_obj *x, bool column)
{
    m->cells = NULL;
    if (!q_is_matrix(x))
        return q_fail(q, "type");
    if (x->type == KQ_FLOAT) {
        if (!make(q, m, column ? x->n : 1, column ? 1 : x->n))
            return false;
        memcpy(kq_floats(m->cells), kq_floats(x), (size_t)x->n * sizeof(double));
        return true;
    }
    if (!make(q, m, x->n, kq_child(x, 0)->n))
        return false;
    for (int64_t i = 0; i < x->n; i++) {
        const struct kq_obj *row = kq_child(x, i);
        if (row->type != KQ_FLOAT || row->n != m->cols)
            return q_fail(q, row->type == KQ_FLOAT ? "length" : "type");
        memcpy(at(m, i), kq_floats(row), (size_t)m->cols * sizeof(double));
    }
    return true;
}

/* Rows as float vectors. */
static struct kq_obj *rows(struct q *q, const struct matrix *m)
{
    struct kq_obj *r = q_vec(q, KQ_LIST, m->rows);
    for (int64_t i = 0; r && i < m->rows; i++) {
        kq_items(r)[i] = q_vec(q, KQ_FLOAT, m->cols);
        if (!kq_child(r, i))
            return q_drop(r, NULL);
        memcpy(kq_floats(kq_child(r, i)), at(m, i), (size_t)m->cols * sizeof(double));
    }
    return r;
}

static bool multiply(struct q *q, const struct matrix *a, const struct matrix *b, struct matrix *r)
{
    if (a->cols != b->rows)
        return q_fail(q, "length");
    if (!make(q, r, a->rows, b->cols))
        return false;
    memset(kq_floats(r->cells), 0, (size_t)r->cells->n * sizeof(double));
    for (int64_t i = 0; i < a->rows; i++) {
        for (int64_t k = 0; k < a->cols; k++) {
            double f = at(a, i)[k], *to = at(r, i);
            const double *from = at(b, k);
            if (!q_tick(q))
                return false;
            for (int64_t j = 0; j < b->cols; j++)
                to[j] += f * from[j];
        }
    }
    return true;
}

struct kq_obj *q_matrix_product(struct q *q, struct kq_obj *x, struct kq_obj *y)
{
    struct matrix a = {0}, b = {0}, p = {0};
    struct kq_obj *r = NULL;
    bool vx = x->type == KQ_FLOAT, vy = y->type == KQ_FLOAT;
    if (load(q, &a, x, false) && load(q, &b, y, true) && multiply(q, &a, &b, &p)) {
        if (vx && vy)
            r = kq_float(kq_floats(p.cells)[0]);
        else if (vx || vy)
            r = kq_ref(p.cells);
        else
            r = rows(q, &p);
    }
    kq_unref(a.cells);
    kq_unref(b.cells);
    kq_unref(p.cells);
    return r;
}

/* ---- elimination -------------------------------------------------------------------- */

static void swap_rows(struct matrix *m, int64_t i, int64_t k)
{
    for (int64_t j = 0; i != k && j < m->cols; j++) {
        double t = at(m, i)[j];
        at(m, i)[j] = at(m, k)[j];
        at(m, k)[j] = t;
    }
}

static int64_t pivot_row(const struct matrix *m, int64_t col)
{
    int64_t best = col;
    for (int64_t i = col + 1; i < m->rows; i++) {
        if (fabs(at(m, i)[col]) > fabs(at(m, best)[col]))
            best = i;
    }
    return best;
}

/* Add `factor` times row `from` to row `to`. */
static void add_row(struct matrix *m, int64_t to, int64_t from, double factor)
{
    for (int64_t j = 0; j < m->cols; j++)
        at(m, to)[j] += factor * at(m, from)[j];
}

/* Turn square `a` into the identity and `r` with it into a's inverse times r. */
static bool solve(struct q *q, struct matrix *a, struct matrix *r)
{
    for (int64_t c = 0; c < a->rows; c++) {
        int64_t p = pivot_row(a, c);
        swap_rows(a, c, p);
        swap_rows(r, c, p);
        double scale = at(a, c)[c];
        for (int64_t j = 0; j < a->cols; j++)
            at(a, c)[j] /= scale;
        for (int64_t j = 0; j < r->cols; j++)
            at(r, c)[j] /= scale;
        for (int64_t i = 0; i < a->rows; i++) {
            double factor = -at(a, i)[c];
            if (!q_tick(q))
                return false;
            if (i == c || factor == 0)
                continue;
            add_row(a, i, c, factor);
            add_row(r, i, c, factor);
        }
    }
    return true;
}

static bool identity(struct q *q, struct matrix *m, int64_t n)
{
    if (!make(q, m, n, n))
        return false;
    for (int64_t i = 0; i < n * n; i++)
        kq_floats(m->cells)[i] = i % (n + 1) == 0;
    return true;
}

struct kq_obj *q_matrix_inverse(struct q *q, struct kq_obj *x)
{
    struct matrix a = {0}, r = {0};
    struct kq_obj *result = NULL;
    if (x->type == KQ_FLOAT)
        return q_fail(q, "length");
    if (load(q, &a, x, false)) {
        if (a.rows != a.cols)
            q_fail(q, "length");
        else if (identity(q, &r, a.rows) && solve(q, &a, &r))
            result = rows(q, &r);
    }
    kq_unref(a.cells);
    kq_unref(r.cells);
    return result;
}

static bool transpose(struct q *q, const struct matrix *m, struct matrix *t)
{
    if (!make(q, t, m->cols, m->rows))
        return false;
    for (int64_t i = 0; i < m->rows; i++) {
        for (int64_t j = 0; j < m->cols; j++)
            at(t, j)[i] = at(m, i)[j];
    }
    return true;
}

/* w = x y' (y y')^-1, solved as (y y') w' = y x'. */
struct kq_obj *q_least_squares(struct q *q, struct kq_obj *x, struct kq_obj *y)
{
    struct matrix a = {0}, b = {0}, at_ = {0}, bt = {0}, square = {0}, right = {0}, w = {0};
    struct kq_obj *r = NULL;
    if (load(q, &a, x, false) && load(q, &b, y, false) && a.cols != b.cols)
        q_fail(q, "length");
    else if (a.cells && b.cells && transpose(q, &a, &at_) && transpose(q, &b, &bt) &&
             multiply(q, &b, &bt, &square) && multiply(q, &b, &at_, &right) &&
             solve(q, &square, &right) && transpose(q, &right, &w))
        r = x->type == KQ_FLOAT ? kq_ref(w.cells) : rows(q, &w);
    struct matrix *all[] = {&a, &b, &at_, &bt, &square, &right, &w};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        kq_unref(all[i]->cells);
    return r;
}
