namespace ReproGate.CleanRoom.Comparison.Contents;

/// <summary>Tells the exceptions by which readers of formats answer damaged input.</summary>
internal static class Damage
{
    /// <summary>Whether an exception means that the input is not what its format asks for, or lies beyond a limit.</summary>
    public static bool Is(Exception exception) => exception is BadImageFormatException or InvalidDataException or IOException or FormatException
        or ArgumentException or IndexOutOfRangeException or OverflowException or InvalidCastException or InvalidOperationException or NotSupportedException
        or KeyNotFoundException or NullReferenceException or InsufficientExecutionStackException or OutOfMemoryException or ArithmeticException
        or System.Text.Json.JsonException or System.Xml.XmlException
        && exception is not ObjectDisposedException;
}
