/* A BLAS that sums in another order: one product after the other, from the first to the last or the other way round,
   as the sizes happen to be, without fused multiply-adds. What no test may depend on is what this library changes.

   NumPy and SciPy from PyPI bring OpenBLAS under names of their own, with integers of 64 and of 32 bits. Loaded ahead
   of them (LD_PRELOAD) these functions stand in for theirs. tests/portable.py compiles it and sees that it is used. */

#include <stdint.h>
#include <stdlib.h>

enum { ROWS = 101, COLUMNS = 102, AS_IS = 111, UPPER = 121 };

static int64_t calls;

int64_t reordered_blas_calls(void) { return __atomic_load_n(&calls, __ATOMIC_RELAXED); }

static int backwards(int64_t sizes) {
    __atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED);
    return sizes % 2 != 0;
}

/* Negative strides run from the far end, as BLAS has it. */
static int64_t start(int64_t n, int64_t stride) { return stride < 0 ? (1 - n) * stride : 0; }

#define FOR_TYPE(T, t)                                                                                                 \
    static T t##dot(int64_t n, const T *x, int64_t dx, const T *y, int64_t dy) {                                       \
        int back = backwards(n);                                                                                       \
        T sum = 0;                                                                                                     \
        x += start(n, dx), y += start(n, dy);                                                                          \
        for (int64_t p = 0; p < n; p++) {                                                                              \
            int64_t i = back ? n - 1 - p : p;                                                                          \
            sum += x[i * dx] * y[i * dy];                                                                              \
        }                                                                                                              \
        return sum;                                                                                                    \
    }                                                                                                                  \
    static void t##axpy(int64_t n, T a, const T *x, int64_t dx, T *y, int64_t dy) {                                    \
        backwards(n);                                                                                                  \
        x += start(n, dx), y += start(n, dy);                                                                          \
        for (int64_t i = 0; i < n; i++) y[i * dy] += a * x[i * dx];                                                    \
    }                                                                                                                  \
    /* a is n × k by any strides, likewise b k × m: sums (n × m by rows) = a b. */                                     \
    static void t##sums(int64_t n, int64_t m, int64_t k, const T *a, int64_t ai, int64_t ak, const T *b, int64_t bk,   \
                        int64_t bj, T *sums) {                                                                         \
        int back = backwards(n + m + k);                                                                               \
        T *rows = malloc((size_t)(k * m + 1) * sizeof(T));                                                             \
        for (int64_t p = 0; p < k; p++)                                                                                \
            for (int64_t j = 0; j < m; j++) rows[p * m + j] = b[p * bk + j * bj];                                      \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            T *restrict out = sums + i * m;                                                                            \
            for (int64_t j = 0; j < m; j++) out[j] = 0;                                                                \
            for (int64_t p = 0; p < k; p++) {                                                                          \
                int64_t q = back ? k - 1 - p : p;                                                                      \
                T factor = a[i * ai + q * ak];                                                                         \
                const T *restrict row = rows + q * m;                                                                  \
                for (int64_t j = 0; j < m; j++) out[j] += factor * row[j];                                             \
            }                                                                                                          \
        }                                                                                                              \
        free(rows);                                                                                                    \
    }                                                                                                                  \
    static T t##into(T alpha, T sum, T beta, T old) { return alpha * sum + (beta == 0 ? 0 : beta * old); }             \
    static void t##gemm(int order, int ta, int tb, int64_t m, int64_t n, int64_t k, T alpha, const T *a, int64_t lda,  \
                        const T *b, int64_t ldb, T beta, T *c, int64_t ldc) {                                          \
        int by_rows = order == ROWS, a_rows = (ta == AS_IS) == by_rows, b_rows = (tb == AS_IS) == by_rows;             \
        T *sums = malloc((size_t)(m * n + 1) * sizeof(T));                                                             \
        t##sums(m, n, k, a, a_rows ? lda : 1, a_rows ? 1 : lda, b, b_rows ? ldb : 1, b_rows ? 1 : ldb, sums);          \
        for (int64_t i = 0; i < m; i++)                                                                                \
            for (int64_t j = 0; j < n; j++) {                                                                          \
                T *to = c + (by_rows ? i * ldc + j : j * ldc + i);                                                     \
                *to = t##into(alpha, sums[i * n + j], beta, *to);                                                      \
            }                                                                                                          \
        free(sums);                                                                                                    \
    }                                                                                                                  \
    static void t##syrk(int order, int uplo, int ta, int64_t n, int64_t k, T alpha, const T *a, int64_t lda, T beta,   \
                        T *c, int64_t ldc) {                                                                           \
        int by_rows = order == ROWS, a_rows = (ta == AS_IS) == by_rows;                                                \
        int64_t across = a_rows ? lda : 1, along = a_rows ? 1 : lda;                                                   \
        T *sums = malloc((size_t)(n * n + 1) * sizeof(T));                                                             \
        t##sums(n, n, k, a, across, along, a, along, across, sums);                                                    \
        for (int64_t i = 0; i < n; i++)                                                                                \
            for (int64_t j = 0; j < n; j++)                                                                            \
                if (uplo == UPPER ? i <= j : i >= j) {                                                                 \
                    T *to = c + (by_rows ? i * ldc + j : j * ldc + i);                                                 \
                    *to = t##into(alpha, sums[i * n + j], beta, *to);                                                  \
                }                                                                                                      \
        free(sums);                                                                                                    \
    }                                                                                                                  \
    static void t##gemv(int order, int ta, int64_t m, int64_t n, T alpha, const T *a, int64_t lda, const T *x,         \
                        int64_t dx, T beta, T *y, int64_t dy) {                                                        \
        int turned = ta != AS_IS, a_rows = (order == ROWS) != turned;                                                  \
        int64_t out = turned ? n : m, in = turned ? m : n;                                                             \
        T *sums = malloc((size_t)(out + 1) * sizeof(T));                                                               \
        x += start(in, dx), y += start(out, dy);                                                                       \
        t##sums(out, 1, in, a, a_rows ? lda : 1, a_rows ? 1 : lda, x, dx, 1, sums);                                    \
        for (int64_t i = 0; i < out; i++) y[i * dy] = t##into(alpha, sums[i], beta, y[i * dy]);                        \
        free(sums);                                                                                                    \
    }                                                                                                                  \
    T scipy_cblas_##t##dot64_(int64_t n, const T *x, int64_t dx, const T *y, int64_t dy) {                             \
        return t##dot(n, x, dx, y, dy);                                                                                \
    }                                                                                                                  \
    void scipy_cblas_##t##axpy64_(int64_t n, T a, const T *x, int64_t dx, T *y, int64_t dy) {                          \
        t##axpy(n, a, x, dx, y, dy);                                                                                   \
    }                                                                                                                  \
    void scipy_cblas_##t##gemm64_(int order, int ta, int tb, int64_t m, int64_t n, int64_t k, T alpha, const T *a,     \
                                  int64_t lda, const T *b, int64_t ldb, T beta, T *c, int64_t ldc) {                   \
        t##gemm(order, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);                                          \
    }                                                                                                                  \
    void scipy_cblas_##t##syrk64_(int order, int uplo, int ta, int64_t n, int64_t k, T alpha, const T *a, int64_t lda, \
                                  T beta, T *c, int64_t ldc) {                                                         \
        t##syrk(order, uplo, ta, n, k, alpha, a, lda, beta, c, ldc);                                                   \
    }                                                                                                                  \
    void scipy_cblas_##t##gemv64_(int order, int ta, int64_t m, int64_t n, T alpha, const T *a, int64_t lda,           \
                                  const T *x, int64_t dx, T beta, T *y, int64_t dy) {                                  \
        t##gemv(order, ta, m, n, alpha, a, lda, x, dx, beta, y, dy);                                                   \
    }                                                                                                                  \
    FORTRAN(T, t, int32_t, _)                                                                                          \
    FORTRAN(T, t, int64_t, _64_)

#define TURN(letter) (*(letter) == 'N' || *(letter) == 'n' ? AS_IS : AS_IS + 1)

#define FORTRAN(T, t, I, end)                                                                                          \
    T scipy_##t##dot##end(const I *n, const T *x, const I *dx, const T *y, const I *dy) {                              \
        return t##dot(*n, x, *dx, y, *dy);                                                                             \
    }                                                                                                                  \
    void scipy_##t##axpy##end(const I *n, const T *a, const T *x, const I *dx, T *y, const I *dy) {                    \
        t##axpy(*n, *a, x, *dx, y, *dy);                                                                               \
    }                                                                                                                  \
    void scipy_##t##gemm##end(const char *ta, const char *tb, const I *m, const I *n, const I *k, const T *alpha,      \
                              const T *a, const I *lda, const T *b, const I *ldb, const T *beta, T *c, const I *ldc) { \
        t##gemm(COLUMNS, TURN(ta), TURN(tb), *m, *n, *k, *alpha, a, *lda, b, *ldb, *beta, c, *ldc);                    \
    }                                                                                                                  \
    void scipy_##t##gemv##end(const char *ta, const I *m, const I *n, const T *alpha, const T *a, const I *lda,        \
                              const T *x, const I *dx, const T *beta, T *y, const I *dy) {                             \
        t##gemv(COLUMNS, TURN(ta), *m, *n, *alpha, a, *lda, x, *dx, *beta, y, *dy);                                    \
    }

FOR_TYPE(float, s)
FOR_TYPE(double, d)
