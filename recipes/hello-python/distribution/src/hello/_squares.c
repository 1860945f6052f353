/* The sum of the first squares, as an example of an extension module. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

static PyObject *squares(PyObject *self, PyObject *argument)
{
    unsigned long long sum = 0;
    unsigned long long count = PyLong_AsUnsignedLongLong(argument);

    if (PyErr_Occurred())
        return NULL;
    for (unsigned long long n = 0; n < count; n++)
        sum += n * n;
    return PyLong_FromUnsignedLongLong(sum);
}

static PyMethodDef methods[] = {
    { "squares", squares, METH_O, "squares(count): the sum of the squares below count." },
    { NULL, NULL, 0, NULL },
};

static struct PyModuleDef module = { PyModuleDef_HEAD_INIT, "_squares", NULL, -1, methods };

PyMODINIT_FUNC PyInit__squares(void)
{
    return PyModule_Create(&module);
}
