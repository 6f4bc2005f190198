/* Keeps the support library non-empty. */
typedef int en_test_support_is_not_empty;
