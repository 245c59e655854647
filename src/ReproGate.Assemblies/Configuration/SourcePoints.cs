using System.Reflection.Metadata;
using ReproGate.Assemblies.Reading;
using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Assemblies.Configuration;

/// <summary>Places in the source of a method's instructions. Most methods keep nothing that has a place, so they are read when the first is asked for.</summary>
internal sealed class SourcePoints(SourceMap sources)
{
    private readonly Rows<SourcePoint> _points = new();
    private MethodDefinitionHandle _handle;
    private bool _areRead;

    /// <summary>Goes to another method.</summary>
    public void Begin(MethodDefinitionHandle handle)
    {
        _handle = handle;
        _areRead = false;
    }

    /// <summary>The place of an instruction, null where none is known, and whether its document is generated.</summary>
    public (CodePlace? Place, bool Generated) PlaceAt(int offset)
    {
        if (!_areRead)
        {
            _areRead = true;
            sources.ReadPoints(_handle, _points);
        }

        int low = 0, high = _points.Count - 1, found = -1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (_points[middle].Offset <= offset)
            {
                found = middle;
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        if (found < 0)
        {
            found = _points.Count > 0 ? 0 : -1;
        }

        return found < 0 ? (null, false) : (new CodePlace(_points[found].Place.Document.Name, _points[found].Place.Line, _points[found].Place.Column), _points[found].Place.Document.Generated);
    }
}
