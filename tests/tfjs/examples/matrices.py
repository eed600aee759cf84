"""Operations: matrices, linear algebra: tf.js's own examples."""

import tfjsbridge as tf

# %% tf.dot
a = tf.tensor1d([1, 2])
b = tf.tensor2d([[1, 2], [3, 4]])
c = tf.tensor2d([[1, 2, 3], [4, 5, 6]])

a.dot(b).print()  # or tf.dot(a, b)
b.dot(a).print()
b.dot(c).print()

# %% tf.einsum
x = tf.tensor2d([[1, 2, 3], [4, 5, 6]])
y = tf.tensor2d([[0, 1], [2, 3], [4, 5]])
x.print()
y.print()
tf.einsum("ij,jk->ik", x, y).print()

# %% tf.einsum 2
x = tf.tensor1d([1, 2, 3])
y = tf.tensor1d([0, 1, 2])
x.print()
y.print()
tf.einsum("i,i->", x, y).print()

# %% tf.einsum 3
x = tf.tensor2d([[1, 2, 3], [4, 5, 6]])
y = tf.tensor2d([[0, 1, 2], [3, 4, 5]])
x.print()
y.print()
tf.einsum("bi,bi->b", x, y).print()

# %% tf.einsum 4
x = tf.tensor1d([1, 3, 5])
y = tf.tensor1d([2, 4, 6])
x.print()
y.print()
tf.einsum("i,j->ij", x, y).print()

# %% tf.einsum 5
x = tf.tensor2d([[1, 2], [3, 4]])
x.print()
tf.einsum("ij->ji", x).print()

# %% tf.einsum 6
x = tf.tensor3d([[[1, 2], [3, 4]], [[-1, -2], [-3, -4]]])
x.print()
tf.einsum("bij->bji", x).print()

# %% tf.euclideanNorm
x = tf.tensor1d([1, 2, 3, 4])

x.euclideanNorm().print()  # or tf.euclideanNorm(x)

# %% tf.linalg.bandPart
x = tf.tensor2d([[0, 1, 2, 3], [-1, 0, 1, 2], [-2, -1, 0, 1], [-3, -2, -1, 0]])
y = tf.linalg.bandPart(x, 1, -1)
y.print()  # [[ 0,  1,  2, 3], [-1,  0,  1, 2], [ 0, -1,  0, 1], [ 0, 0 , -1, 0]]
z = tf.linalg.bandPart(x, 2, 1)
z.print()  # [[ 0,  1,  0, 0], [-1,  0,  1, 0], [-2, -1,  0, 1], [ 0, -2, -1, 0]]

# %% tf.linalg.gramSchmidt
x = tf.tensor2d([[1, 2], [3, 4]])
y = tf.linalg.gramSchmidt(x)
y.print()
print("Orthogonalized:")
y.dot(y.transpose()).print()  # should be nearly the identity matrix.
print("First row direction maintained:")
data = y.array()
print(data[0][1] / data[0][0])  # should be nearly 2.

# %% tf.linalg.qr
a = tf.tensor2d([[1, 2], [3, 4]])
q, r = tf.linalg.qr(a)
print("Q")
q.print()
print("R")
r.print()
print("Orthogonalized")
q.dot(q.transpose()).print()  # should be nearly the identity matrix.
print("Reconstructed")
q.dot(r).print()  # should be nearly [[1, 2], [3, 4]]

# %% tf.matMul
a = tf.tensor2d([1, 2], [1, 2])
b = tf.tensor2d([1, 2, 3, 4], [2, 2])

a.matMul(b).print()  # or tf.matMul(a, b)

# %% tf.norm
x = tf.tensor1d([1, 2, 3, 4])

x.norm().print()  # or tf.norm(x)

# %% tf.outerProduct
a = tf.tensor1d([1, 2, 3])
b = tf.tensor1d([3, 4, 5])

tf.outerProduct(a, b).print()

# %% tf.transpose
a = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3])

a.transpose().print()  # or tf.transpose(a)
