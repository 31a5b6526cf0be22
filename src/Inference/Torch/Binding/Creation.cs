using System.Runtime.InteropServices;

namespace ProofMesh.Inference.Torch.Binding;

internal static partial class torch
{
    internal static Tensor empty(long[] size, ScalarType? dtype = null, Device? device = null) =>
        Tensor.Made(Native.pm_empty(out var made, size, size.Length, Type(dtype), Kind(device), Index(device)), made);

    internal static Tensor zeros(long[] size, ScalarType? dtype = null, Device? device = null) => full(size, 0, dtype ?? float32, device);

    internal static Tensor ones(long[] size, ScalarType? dtype = null, Device? device = null) => full(size, 1, dtype ?? float32, device);

    internal static Tensor full(long[] size, Scalar value, ScalarType? dtype = null, Device? device = null) =>
        Tensor.Made(Native.pm_full(out var made, size, size.Length, value.Value, value.Whole, Type(dtype ?? Natural(value)), Kind(device), Index(device)), made);

    internal static Tensor randn(long[] size, ScalarType? dtype = null, Device? device = null) =>
        Tensor.Made(Native.pm_randn(out var made, size, size.Length, Type(dtype), Kind(device), Index(device)), made);

    internal static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null) => arange(0, stop, 1, dtype ?? Natural(stop), device);

    internal static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null) => arange(start, stop, 1, dtype, device);

    internal static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null)
    {
        var natural = start.IsWhole && stop.IsWhole && step.IsWhole ? int64 : float32;
        var whole = natural == int64 ? 1 : 0;
        return Tensor.Made(Native.pm_arange(out var made, start.Value, stop.Value, step.Value, whole, Type(dtype ?? natural), Kind(device), Index(device)), made);
    }

    internal static Tensor tensor(float[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null) =>
        FromArray<float>(rawArray, dimensions.ToArray(), float32, dtype, device);

    internal static Tensor tensor(float[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        FromArray<float>(rawArray, [rawArray.Length], float32, dtype, device);

    internal static Tensor tensor(long[] dataArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null) =>
        FromArray<long>(dataArray, dimensions.ToArray(), int64, dtype, device);

    internal static Tensor tensor(long[] dataArray, ScalarType? dtype = null, Device? device = null) =>
        FromArray<long>(dataArray, [dataArray.Length], int64, dtype, device);

    internal static Tensor tensor(bool[] dataArray, ReadOnlySpan<long> dimensions, Device? device = null) =>
        FromArray<bool>(dataArray, dimensions.ToArray(), @bool, null, device);

    internal static void manual_seed(long seed) => Native.Check(Native.pm_manual_seed(seed));

    /// <summary>Threads for the operations of the calling thread, and of threads that have not computed yet.</summary>
    internal static void set_num_threads(int num) => Native.Check(Native.pm_set_num_threads(num));

    internal static int get_num_threads() => Native.pm_get_num_threads();

    private static Tensor FromArray<T>(T[] elements, long[] dimensions, ScalarType native, ScalarType? type, Device? device) where T : unmanaged
    {
        var host = empty(dimensions, native);
        host.bytes = MemoryMarshal.AsBytes(elements.AsSpan());
        if ((type ?? native) == native && (device ?? CPU).type == DeviceType.CPU) return host;
        using (host) return host.to(type ?? native, device ?? CPU);
    }

    private static ScalarType Natural(Scalar value) => value.IsWhole ? int64 : float32;

    private static int Type(ScalarType? type) => (int)(type ?? float32);

    private static int Kind(Device? device) => (int)(device?.type ?? DeviceType.CPU);

    private static int Index(Device? device) => device?.index ?? -1;

    internal static class cuda
    {
        internal static bool is_available() => device_count() > 0;

        internal static int device_count()
        {
            Native.Check(Native.pm_cuda_device_count(out var count));
            return count;
        }

        internal static void synchronize(Device? device = null) => Native.Check(Native.pm_cuda_synchronize(device?.index ?? -1));
    }
}
